#include <gtest/gtest.h>

#include <filesystem>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/TemporaryFolder.hpp"
#include "machine/AtomicFile.hpp"
#include "machine/ClosedKey.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/guest/FakeGuest.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

class ClosedKeyTest : public testing::Test {
   protected:
    TemporaryFolder runtime_{"runtime"};
    ScopedVariable variable_{"XDG_RUNTIME_DIR", runtime_.path().string()};
    FakeGuest guest_;
    Manifest manifest_ = guest_.load();
    fs::path key_ = manifest_.ssh.keyOf(manifest_.names.admin);
};

TEST_F(ClosedKeyTest, AClosedKeyIsUsedAsItIs) {
    fs::permissions(key_, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(closedKey(manifest_, manifest_.names.admin), key_);
}

TEST_F(ClosedKeyTest, AKeyThatOthersMayReadIsCopiedAndClosed) {
    fs::permissions(key_, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
    const auto copy = closedKey(manifest_, manifest_.names.admin);
    EXPECT_EQ(copy.parent_path(), runtimeFolder() / "keys");
    EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(copy.parent_path()).permissions(), fs::perms::owner_all);
    EXPECT_EQ(readWholeFile(copy), readWholeFile(key_));
    EXPECT_EQ(closedKey(manifest_, manifest_.names.admin), copy) << "again, over its own copy";
}

TEST_F(ClosedKeyTest, AUserWithoutAKeyIsRefused) { EXPECT_THROW(closedKey(manifest_, "stranger"), UsageError); }

}  // namespace
}  // namespace boxtest
