#include "schedule/Admission.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

TEST(Admission, TheFirstForkIsAlwaysAdmitted) {
    const Admission admission(300, 100);
    EXPECT_TRUE(admission.admits(0, {}));
    EXPECT_FALSE(admission.admits(0, {300}));
}

TEST(Admission, AForkNeedsItsMemoryBesideTheReserve) {
    const Admission admission(300, 100);
    EXPECT_TRUE(admission.admits(400, {300}));
    EXPECT_FALSE(admission.admits(399, {300}));
}

TEST(Admission, ForksThatAreStillSmallWillGrow) {
    const Admission admission(300, 100);
    // Two forks use 50 and 100 of the expected 300 each: they will take 450 more.
    EXPECT_TRUE(admission.admits(850, {50, 100}));
    EXPECT_FALSE(admission.admits(849, {50, 100}));
}

TEST(Admission, AForkThatNeedsMoreThanExpectedCountsAsGrown) {
    const Admission admission(300, 100);
    EXPECT_TRUE(admission.admits(400, {900}));
}

TEST(Admission, TheMostOfTheLatestMeasurementsIsExpected) {
    Admission admission(300, 0);
    EXPECT_EQ(admission.expected(), 300U);
    admission.measured(0);
    EXPECT_EQ(admission.expected(), 300U) << "0 is no measurement";
    admission.measured(200);
    EXPECT_EQ(admission.expected(), 200U);
    admission.measured(500);
    admission.measured(100);
    EXPECT_EQ(admission.expected(), 500U);
    for (int i = 0; i < 8; ++i) admission.measured(150);
    EXPECT_EQ(admission.expected(), 150U) << "what was long ago is forgotten";
}

TEST(Admission, AForkKeepsOneCoreBusy) {
    EXPECT_EQ(Admission::automaticJobs(0), 1U) << "a host that does not tell";
    EXPECT_EQ(Admission::automaticJobs(8), 8U);
}

}  // namespace
}  // namespace boxtest
