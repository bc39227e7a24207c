#include "MachineState.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MachineState, TheSameLinesInAnyOrderAreTheSameState) {
    const MachineState before({"unit a.service active", "file /etc/a f 644"});
    EXPECT_THAT(MachineState({"file /etc/a f 644", "unit a.service active"}).differencesFrom(before), IsEmpty());
}

TEST(MachineState, WhatIsAboutOneThingStandsTogether) {
    const MachineState before({"file /etc/a f 644", "file /etc/gone f 600", "rows odoo:public.t 1 17"});
    const MachineState after({"file /etc/a f 666", "file /etc/b f 644", "rows odoo:public.t 2 18"});
    EXPECT_THAT(after.differencesFrom(before),
                ElementsAre("gone: file /etc/a f 644", "new:  file /etc/a f 666", "new:  file /etc/b f 644",
                            "gone: file /etc/gone f 600", "gone: rows odoo:public.t 1 17", "new:  rows odoo:public.t 2 18"));
}

TEST(MachineState, OfManyDifferencesTheFirstAreShownAndTheRestCounted) {
    std::vector<std::string> lines;
    for (int i = 100; i < 145; ++i) lines.push_back("file /" + std::to_string(i) + " f 644");
    const auto shown = MachineState(lines).differencesFrom(MachineState({}));
    ASSERT_EQ(shown.size(), 41U);
    EXPECT_EQ(shown.front(), "new:  file /100 f 644");
    EXPECT_EQ(shown.back(), "and 5 more");
}

}  // namespace
}  // namespace boxtest
