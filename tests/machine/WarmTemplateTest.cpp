/// What the template has paid for, so that its forks need not: on the real guest.
#include <gtest/gtest.h>

#include "manifest/Manifest.hpp"
#include "reach/RunningGuest.hpp"
#include "ready/BoxHooks.hpp"
#include "ready/WarmUp.hpp"
#include "store/GuestStore.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"

namespace boxtest {
namespace {

Deadline soonEnough() { return Deadline::in(std::chrono::minutes(20)); }

TEST(WarmTemplate, AForkHasTheFactsOfEveryFileInItsMemory) {
    NullLog log;
    FailureLatch failure;
    TemplateOptions options;
    options.boot.guestFolder = findGuest({});
    const auto from = Template::findOrBuild(boxHooks(), options, log, failure, soonEnough());
    const auto fork = Fork::prepare(from, log, failure, soonEnough());
    fork->run(soonEnough());
    RunningGuest guest(Manifest::load(fork->guest().folder), fork->info().ports, fork->sshTarget(), &failure);
    // KiB that came from disks so far: proc_vmstat(5).
    const auto reads = [&] { return std::stoul(guest.factsAsRoot("awk '$1 == \"pgpgin\" {print $2}' /proc/vmstat")); };
    const auto before = reads();
    const auto walked = guest.session(guest.names().admin)
                            .run({"sudo", "-n", "--", guest.manifest().probe, "walk"},
                                 {.input = "top\t/\nskip\t/proc\nskip\t/sys\n", .deadline = soonEnough()});
    const auto read = reads() - before;
    const auto files = filesWalked(walked.out).value_or(0);
    ASSERT_GT(files, 1000U) << walked.describe();
    // A cold one reads nearly a KiB a file: folders and inodes.
    EXPECT_LT(read, files / 10) << "a walk over " << files << " files read " << read << " KiB from the disk";
}

}  // namespace
}  // namespace boxtest
