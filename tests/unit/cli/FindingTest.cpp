#include "cli/Finding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

/// A host with `hostMiB` of memory available, in a control group with `groupMiB` left.
struct SmallHost {
    SmallHost(int hostMiB, int groupMiB) {
        write("proc/meminfo", "MemAvailable: " + std::to_string(hostMiB * 1024) + " kB\n");
        write("proc/self/cgroup", "9:memory:/job\n");
        write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", std::to_string(std::int64_t{groupMiB} << 20));
        write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "0\n");
    }
    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((root.path() / path).parent_path());
        std::ofstream(root.path() / path) << text;
    }
    TemporaryFolder root{"host"};
};

TEST(Finding, AGuestThatDoesNotFitIsBadWithAdvice) {
    const SmallHost large(4096, 8192), small(2600, 8192), limited(8192, 2600);
    EXPECT_EQ(judgeMemory(HostResources(large.root.path()), 2560).level, Finding::Level::good);
    for (const auto* host : {&small, &limited}) {
        const auto finding = judgeMemory(HostResources(host->root.path()), 2560);
        EXPECT_EQ(finding.level, Finding::Level::bad);
        EXPECT_THAT(finding.text, HasSubstr("2600 MiB available, a machine takes up to 3072 MiB"));
        EXPECT_FALSE(finding.advice.empty());
    }
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
