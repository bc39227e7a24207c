#include "schedule/HostResources.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

class HostResourcesTest : public testing::Test {
   protected:
    void write(const std::string& path, const std::string& text) {
        const auto file = folder_.path() / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    HostResources host() const { return HostResources(folder_.path()); }

    TemporaryFolder folder_{"host"};
};

TEST_F(HostResourcesTest, MemoryIsWhatTheKernelCallsAvailable) {
    write("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:         100 kB\nMemAvailable:    2000 kB\n");
    EXPECT_EQ(host().availableMemory(), 2000U * 1024);
}

TEST_F(HostResourcesTest, AControlGroupAllowsLess) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "0::/ci/job\n");
    write("sys/fs/cgroup/ci/job/memory.max", "1000000\n");
    write("sys/fs/cgroup/ci/job/memory.current", "900000\n");
    write("sys/fs/cgroup/ci/job/memory.stat", "anon 200000\ninactive_file 300000\nactive_file 200000\n");
    EXPECT_EQ(host().availableMemory(), 500000U) << "its inactive page cache, and half of the active, can be had";
}

TEST_F(HostResourcesTest, AGroupFurtherUpCountsToo) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "0::/ci/job\n");
    write("sys/fs/cgroup/ci/job/memory.max", "max\n");
    write("sys/fs/cgroup/ci/job/memory.current", "10\n");
    write("sys/fs/cgroup/ci/memory.max", "1000\n");
    write("sys/fs/cgroup/ci/memory.current", "2000\n");
    EXPECT_EQ(host().availableMemory(), 0U);
}

TEST_F(HostResourcesTest, AControlGroupOfVersion1AllowsLess) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1\n4:memory:/docker/1\n0::/docker/1\n");
    write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "1000000\n");
    write("sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", "900000\n");
    write("sys/fs/cgroup/memory/docker/1/memory.stat",
          "inactive_file 1\nactive_file 1\ntotal_inactive_file 300000\ntotal_active_file 200000\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n");
    EXPECT_EQ(host().availableMemory(), 500000U);
    // Not HostResources(): this test may itself run in a group with a quota.
    const auto unlimited = host().cores();
    write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us", "100000\n");
    write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "-1\n");
    EXPECT_EQ(host().cores(), unlimited);
    write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "150000\n");
    EXPECT_EQ(host().cores(), 1U);
}

/// In a container, /proc/self/cgroup may contain a path of the host, while the container's own group is mounted at the root.
TEST_F(HostResourcesTest, AContainersOwnGroupIsTheRootThatItSees) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "4:memory:/kubepods/pod1/2\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "400000\n");
    EXPECT_EQ(host().availableMemory(), 600000U);
}

TEST_F(HostResourcesTest, AQuotaIsFewerCores) {
    EXPECT_GE(host().cores(), 1U);
    write("proc/self/cgroup", "0::/job\n");
    write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
    EXPECT_GE(host().cores(), 1U);
    write("sys/fs/cgroup/job/cpu.max", "100000 100000\n");
    EXPECT_EQ(host().cores(), 1U);
    write("sys/fs/cgroup/job/cpu.max", "20000 100000\n");
    EXPECT_EQ(host().cores(), 1U);
}

TEST_F(HostResourcesTest, AControlGroupOfVersion1AllowsLessToo) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "12:memory:/docker/job\n4:cpu,cpuacct:/docker/job\n1:name=systemd:/docker/job\n");
    const std::string group = "sys/fs/cgroup/memory/docker/job/";
    write(group + "memory.limit_in_bytes", "1000000\n");
    write(group + "memory.usage_in_bytes", "900000\n");
    write(group + "memory.stat", "inactive_file 1\ntotal_inactive_file 300000\ntotal_active_file 200000\n");
    EXPECT_EQ(host().availableMemory(), 500000U);
    write("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/docker/memory.usage_in_bytes", "900000\n");
    EXPECT_EQ(host().availableMemory(), 500000U) << "the group above has no limit";
    write("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_quota_us", "-1\n");
    write("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_period_us", "100000\n");
    EXPECT_GE(host().cores(), 1U);
    write("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_quota_us", "150000\n");
    EXPECT_EQ(host().cores(), 1U);
}

TEST_F(HostResourcesTest, InAContainerOfVersion1TheMountIsTheGroup) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    // A path of the host, which does not exist inside the container.
    write("proc/self/cgroup", "12:memory:/docker/0123\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "700000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "200000\n");
    EXPECT_EQ(host().availableMemory(), 500000U);
}

TEST_F(HostResourcesTest, BothVersionsAtOnceCount) {
    write("proc/meminfo", "MemAvailable: 9000000 kB\n");
    write("proc/self/cgroup", "5:memory:/a\n0::/b\n");
    write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "900000\n");
    write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "100000\n");
    EXPECT_EQ(host().availableMemory(), 800000U);
    write("sys/fs/cgroup/unified/b/memory.max", "700000\n");
    write("sys/fs/cgroup/unified/b/memory.current", "100000\n");
    EXPECT_EQ(host().availableMemory(), 600000U);
}

TEST_F(HostResourcesTest, ThisHostHasSome) { EXPECT_GT(HostResources().availableMemory(), 0U); }

}  // namespace
}  // namespace boxtest
