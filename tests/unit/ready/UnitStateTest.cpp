#include "ready/UnitState.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using testing::ElementsAre;

TEST(UnitState, ReadsWhatSystemctlShows) {
    const auto states = UnitState::parse(
        "Id=postgresql.service\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nTriggeredBy=\nNRestarts="
        "0\n"
        "\n"
        "NRestarts=2\nId=odoo.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=exit-code\n"
        "\n"
        "Id=pgadmin.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nTriggeredBy=pgadmin.socket\n");
    ASSERT_EQ(states.size(), 3U);
    EXPECT_TRUE(states[0].isActive());
    EXPECT_FALSE(states[0].isHopeless());
    EXPECT_FALSE(states[1].isActive());
    EXPECT_EQ(states[1].describe(), "odoo.service is activating (auto-restart), result 'exit-code', restarted 2 times");
    EXPECT_FALSE(states[1].isHopeless()) << "two restarts may be a slow database";
    EXPECT_TRUE(states[2].startsOnDemand());
}

TEST(UnitState, FailedMissingAndEverDyingUnitsAreHopeless) {
    EXPECT_TRUE(UnitState::parse("Id=a\nLoadState=loaded\nActiveState=failed\n")[0].isHopeless());
    EXPECT_TRUE(UnitState::parse("Id=a\nLoadState=not-found\nActiveState=inactive\n")[0].isHopeless());
    EXPECT_TRUE(UnitState::parse("Id=a\nLoadState=masked\nActiveState=inactive\n")[0].isHopeless());
    EXPECT_TRUE(UnitState::parse("Id=a\nLoadState=loaded\nActiveState=activating\nNRestarts=3\n")[0].isHopeless());
    EXPECT_FALSE(UnitState::parse("Id=a\nLoadState=loaded\nActiveState=inactive\n")[0].isHopeless());
}

TEST(UnitState, AnInactiveUnitWithoutASocketDoesNotStartOnDemand) {
    EXPECT_FALSE(UnitState::parse("Id=a\nLoadState=loaded\nActiveState=inactive\nTriggeredBy=\n")[0].startsOnDemand());
}

TEST(UnitState, AsksForTheUnitsByNameOnly) {
    EXPECT_THAT(UnitState::command({"a.service", "-b.service"}),
                ElementsAre("systemctl", "show", "--property=Id,LoadState,ActiveState,SubState,Result,TriggeredBy,NRestarts",
                            "--", "a.service", "-b.service"));
}

}  // namespace
}  // namespace boxtest
