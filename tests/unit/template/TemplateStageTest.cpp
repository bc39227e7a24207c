#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "ready/BoxHooks.hpp"
#include "template/CacheInventory.hpp"
#include "template/TemplateStore.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

TemplateOptions anyStage(const FakeTemplate& made, TemplateStage stage) {
    TemplateOptions options{.stage = stage};
    options.boot = {.guestFolder = made.guest.folder(), .chosen = Accelerator{.kvm = false}};
    options.cpuModel = made.cpuModel;
    return options;
}

fs::path found(FakeTemplate& made, TemplateStage stage) {
    return Template::findOrBuild(boxHooks(), anyStage(made, stage), made.log, made.failure, soon())->folder();
}

TEST(TemplateStage, ThatIsReadyIsEnoughForWhoeverDoesNotWait) {
    FakeTemplate made("", TemplateStage::ready);
    EXPECT_EQ(made.open()->stage(), TemplateStage::ready);
    EXPECT_EQ(found(made, TemplateStage::ready), made.folder);
}

TEST(TemplateStage, ThatIsWarmIsTakenFirst) {
    FakeTemplate made("", TemplateStage::ready);
    const auto ready = made.folder;
    made.make(TemplateStage::warm);
    EXPECT_NE(made.folder, ready);
    EXPECT_EQ(found(made, TemplateStage::ready), made.folder);
    EXPECT_EQ(found(made, TemplateStage::warm), made.folder);
}

TEST(TemplateStage, ThatIsWarmIsNotWaitedForWhileSomebodyMakesIt) {
    FakeTemplate made("", TemplateStage::warm);
    const auto warm = made.folder.filename().string();
    made.make(TemplateStage::ready);
    const auto making = TemplateStore(made.store()).tryLockExclusive(warm);
    ASSERT_TRUE(making);
    EXPECT_EQ(found(made, TemplateStage::ready), made.folder);
}

TEST(TemplateStage, ThatIsReadyIsNotTakenWhereAWarmOneIsAskedFor) {
    FakeTemplate made("", TemplateStage::ready);
    // It is what the warm one is made from, without a boot; the fake guest has no server that could be asked for a page.
    EXPECT_ANY_THROW(found(made, TemplateStage::warm));
    EXPECT_THAT(made.log.lines(), ::testing::Contains("there is no template of this guest yet: making it (once)"));
    EXPECT_THAT(made.log.lines(), ::testing::Not(::testing::Contains(::testing::StartsWith("booting guest"))));
    EXPECT_TRUE(fs::exists(made.folder / "template.json"));
}

TEST(TemplateStage, ThatIsReadyIsRemovedUnlessSomebodyNeedsIt) {
    FakeTemplate made("", TemplateStage::ready);
    const ScopedVariable today("BOXTEST_GUEST", made.guest.folder().string());
    ASSERT_EQ(CacheInventory::take(boxHooks()).items().front().state, "ready");
    {
        const auto used = made.open();
        CacheInventory::removeUnneeded(made.folder, made.log);
        EXPECT_TRUE(fs::exists(made.folder)) << "it was in use";
    }
    CacheInventory::removeUnneeded(made.folder, made.log);
    EXPECT_FALSE(fs::exists(made.folder));
}

}  // namespace
}  // namespace boxtest
