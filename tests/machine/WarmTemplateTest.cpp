/// Work that the template has done, so that its forks need not repeat it, on the real guest.
#include "machine/ForkOfTheGuest.hpp"
#include "ready/WarmUp.hpp"

namespace boxtest {
namespace {

class WarmTemplate : public ForkOfTheGuest {};

TEST_F(WarmTemplate, AForkHasTheFactsOfEveryFileInItsMemory) {
    // KiB read from disks since boot: proc_vmstat(5).
    const auto reads = [&] { return std::stoul(guest().factsAsRoot("awk '$1 == \"pgpgin\" {print $2}' /proc/vmstat")); };
    const auto before = reads();
    const auto walked = guest()
                            .session(guest().names().admin)
                            .run({"sudo", "-n", "--", guest().manifest().probe, "walk"},
                                 {.input = "top\t/\nskip\t/proc\nskip\t/sys\n", .deadline = soonEnough()});
    const auto read = reads() - before;
    const auto files = filesWalked(walked.out).value_or(0);
    ASSERT_GT(files, 1000U) << walked.describe();
    // A fork of a cold template reads nearly 1 KiB per file: folders and inodes.
    EXPECT_LT(read, files / 10) << "a walk over " << files << " files read " << read << " KiB from the disk";
}

}  // namespace
}  // namespace boxtest
