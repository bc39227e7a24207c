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

TemplateOptions anyStage(const FakeTemplate& made, TemplateStage stage, const std::string& after = {}) {
    TemplateOptions options{.stage = stage, .after = after};
    options.boot = {.guestFolder = made.guest.folder(), .chosen = Accelerator{.kvm = false}};
    options.cpuModel = made.cpuModel;
    return options;
}

fs::path found(FakeTemplate& made, TemplateStage stage, const std::string& after = {}) {
    return Template::findOrBuild(boxHooks(), anyStage(made, stage, after), made.log, made.failure, soon())->folder();
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
    // The warm template is made from the ready one, without a boot. This fails: the fake guest has no server that sends a page.
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

TEST(TemplateAfter, IsAnotherThanTheUsualOne) {
    FakeTemplate made;
    const auto usual = made.folder;
    made.make(TemplateStage::warm, "reboot");
    EXPECT_NE(made.folder, usual);
    EXPECT_EQ(found(made, TemplateStage::warm), usual);
    EXPECT_EQ(found(made, TemplateStage::warm, "reboot"), made.folder);
    const auto opened = made.open();
    EXPECT_EQ(opened->record().after(), "reboot");
    EXPECT_EQ(opened->stage(), TemplateStage::warm);
}

TEST(TemplateAfter, IsMadeFromAForkOfTheUsualOne) {
    FakeTemplate made;
    // The fake guest has no SSH server, so that it cannot be rebooted.
    EXPECT_ANY_THROW(found(made, TemplateStage::warm, "reboot"));
    EXPECT_THAT(made.log.lines(),
                ::testing::Contains("there is no template of this guest, frozen after reboot, yet: making it (once)"));
    EXPECT_THAT(made.log.lines(), ::testing::Not(::testing::Contains(::testing::StartsWith("booting guest"))));
    std::size_t left = 0;
    for (const auto& entry : fs::directory_iterator(made.store())) left += entry.is_directory() ? 1 : 0;
    EXPECT_EQ(left, 1U) << "something is left of the template that was not made";
}

TEST(TemplateAfter, OfAnUnknownStepIsRefusedWithThoseThatThereAre) {
    FakeTemplate made;
    EXPECT_THAT(errorOf<UsageError>([&] { found(made, TemplateStage::warm, "reboots"); }),
                ::testing::HasSubstr("a template cannot be frozen after 'reboots', only after reboot, restore"));
}

TEST(TemplateAfter, StandsInTheCachesList) {
    FakeTemplate made;
    made.make(TemplateStage::warm, "restore");
    std::vector<std::string> steps;
    const auto cache = CacheInventory::take(boxHooks());
    for (const auto& item : cache.items())
        if (item.kind == "template") steps.push_back(item.after);
    EXPECT_THAT(steps, ::testing::UnorderedElementsAre("", "restore"));
}

}  // namespace
}  // namespace boxtest
