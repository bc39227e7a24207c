#include "report/Attachments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AttachmentsTest : public testing::Test {
   protected:
    TemporaryFolder folder_{"attachments"};
    Attachments attachments_{folder_.path() / "attachments"};
};

TEST_F(AttachmentsTest, AnyBytesLieInTheScenariosOwnFolder) {
    const std::string bytes("\x89PNG\0\n", 6);
    attachments_.add("PeerAuth.Matrix", "screenshot.png", bytes);
    attachments_.add("PeerAuth.Matrix", "matrix-2.txt", "");
    attachments_.add("PeerAuth.Root", "matrix.txt", "of another");
    const auto own = folder_.path() / "attachments" / "PeerAuth.Matrix";
    EXPECT_THAT(attachments_.of("PeerAuth.Matrix"), ElementsAre(own / "matrix-2.txt", own / "screenshot.png"));
    EXPECT_EQ(readWholeFile(own / "screenshot.png"), bytes);
    EXPECT_THAT(attachments_.of("PeerAuth.Nothing"), ElementsAre());
}

TEST_F(AttachmentsTest, ANameThatIsAPathIsRefused) {
    for (const std::string name : {"", ".", "..", "../x", "/x", "a/b", ".hidden", "a b", "a\nb", "\xC3\xBC"})
        EXPECT_THAT(errorOf<UsageError>([&] { attachments_.add("PeerAuth.Matrix", name, "x"); }),
                    HasSubstr("PeerAuth.Matrix cannot attach '" + name + "'"));
    EXPECT_THAT(errorOf<UsageError>([&] { attachments_.add("PeerAuth.Matrix", std::string(101, 'x'), "x"); }),
                HasSubstr("cannot attach"));
    EXPECT_THAT(errorOf<UsageError>([&] { attachments_.add("../x", "x", "x"); }), HasSubstr("cannot attach"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "attachments"));
}

TEST_F(AttachmentsTest, NothingIsReplaced) {
    attachments_.add("PeerAuth.Matrix", "matrix.txt", "first");
    EXPECT_THAT(errorOf<UsageError>([&] { attachments_.add("PeerAuth.Matrix", "matrix.txt", "second"); }),
                HasSubstr("PeerAuth.Matrix has attached 'matrix.txt' already"));
    EXPECT_EQ(readWholeFile(attachments_.of("PeerAuth.Matrix").at(0)), "first");
}

}  // namespace
}  // namespace boxtest
