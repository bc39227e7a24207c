#include "cli/Finding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using testing::HasSubstr;

TEST(Finding, AGuestThatDoesNotFitIsBadWithAdvice) {
    EXPECT_EQ(judgeMemory(4096, 2560).level, Finding::Level::good);
    const auto finding = judgeMemory(2600, 2560);
    EXPECT_EQ(finding.level, Finding::Level::bad);
    EXPECT_THAT(finding.text, HasSubstr("2600 MiB available, a machine takes up to 3072 MiB"));
    EXPECT_FALSE(finding.advice.empty());
}

TEST(Finding, BuildingAGuestNeedsMoreDiskThanRunningOne) {
    EXPECT_EQ(judgeDisk("/cache", 4096, true).level, Finding::Level::good);
    const auto finding = judgeDisk("/cache", 4096, false);
    EXPECT_EQ(finding.level, Finding::Level::bad);
    EXPECT_THAT(finding.advice, HasSubstr("XDG_CACHE_HOME"));
}

TEST(Finding, AMissingProgramNamesItsPackage) {
    EXPECT_EQ(judgeProgram("sh", "everything", "dash").level, Finding::Level::good);
    const auto finding = judgeProgram("no-such-program", "boxtest psql", "postgresql-client");
    EXPECT_EQ(finding.level, Finding::Level::doubtful);
    EXPECT_EQ(finding.text, "missing: boxtest psql needs it");
    EXPECT_EQ(finding.advice, "apt install postgresql-client");
}

}  // namespace
}  // namespace boxtest
