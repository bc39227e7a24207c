#include "template/Fork.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "AtOnce.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "template/TemplateSource.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// A short deadline, for waits that must time out.
Deadline brief() { return Deadline::in(300ms); }

TEST(Fork, IsPreparedStoppedAndThenRuns) {
    FakeTemplate made;
    const auto fork = made.fork();
    EXPECT_TRUE(fork->info().ports.ssh != 0 && fork->info().ports.https != 0);
    EXPECT_NO_THROW(fork->run(soon()));
    EXPECT_NO_THROW(fork->pause(soon()));
    EXPECT_NO_THROW(fork->run(soon()));
    EXPECT_FALSE(made.failure.reason());
}

TEST(Fork, HasATokenOfItsOwnThatOthersAreTold) {
    FakeTemplate made;
    const auto one = made.fork();
    const auto other = made.fork();
    EXPECT_THAT(one->info().token, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(one->info().token, other->info().token);
    EXPECT_EQ(one->sshTarget().token, one->info().token);
    const auto told = MachineInfo::load(one->info().file());
    EXPECT_EQ(told.token, one->info().token);
    EXPECT_EQ(told.templateKey, made.open()->key());
}

TEST(Fork, EndsAtOnceWithItsFolderFromAnotherThread) {
    FakeTemplate made;
    const auto fork = made.fork();
    fork->run(soon());
    const auto qemu = fork->machine().processHandle();
    const AtOnce measured;
    std::thread([&] { fork->endAtOnce(); }).join();
    EXPECT_NO_THROW(waitFor(qemu.get(), POLLIN, AtOnce::waitedFor(), "the end of QEMU"));
    EXPECT_FALSE(fs::exists(fork->info().folder));
}

TEST(Fork, ThatHasEndedSignalsNobodyWhenItIsEndedAtOnce) {
    FakeTemplate made;
    const auto fork = made.fork();
    fork->stop(soon());
    EXPECT_NO_THROW(fork->endAtOnce());
    EXPECT_FALSE(fs::exists(fork->info().folder));
}

TEST(Fork, LeavesTheTemplateAsItWas) {
    FakeTemplate made;
    {
        const auto fork = made.fork();
        fork->run(soon());
        std::ofstream(fork->info().folder / "overlay.qcow2") << "what the guest wrote";
    }
    EXPECT_FALSE(made.open()->record().damage(made.folder, made.guest.load().guest()));
    EXPECT_TRUE(fs::is_empty(made.home.path() / "boxtest" / "machines") ||
                std::distance(fs::directory_iterator(made.home.path() / "boxtest" / "machines"), {}) == 1);
}

TEST(Fork, TakesTheErrorOfAGuestWithoutHwclockForWhatItIs) {
    FakeTemplate made("fake.no-hwclock");
    EXPECT_NO_THROW(made.fork()->run(soon()));
}

TEST(Fork, RefusesAClockThatIsWrongAfterItWasSet) {
    FakeTemplate made("fake.wrong-clock");
    const auto fork = made.fork();
    EXPECT_THAT(errorOf<GuestError>([&] { fork->run(soon()); }),
                HasSubstr("the fork's clock is wrong by -3.0 s and cannot be set"));
}

TEST(Fork, RefusesAGuestThatDoesNotLetItsClockBeSet) {
    FakeTemplate made("fake.refuse-clock");
    const auto fork = made.fork();
    EXPECT_THAT(errorOf<GuestError>([&] { fork->run(soon()); }), HasSubstr("refused to set the clock: Failed to set time"));
}

TEST(Fork, ThatNeverAnswersEndsWithTheDeadline) {
    for (const auto* behaviour : {"fake.silent-agent", "fake.deaf-agent"}) {
        FakeTemplate made(behaviour);
        const auto fork = made.fork();
        EXPECT_THAT(errorOf<TimeoutError>([&] { fork->run(brief()); }), HasSubstr("guest")) << behaviour;
    }
}

TEST(Fork, IsNotFooledByAnswersThatAreNotToItsQuestion) {
    FakeTemplate made("fake.stale-agent");
    EXPECT_NO_THROW(made.fork()->run(soon()));
}

TEST(Fork, WhoseTokenCannotBeSetDoesNotRun) {
    FakeTemplate made("fake.read-only-guest");
    const auto fork = made.fork();
    EXPECT_THAT(errorOf<GuestError>([&] { fork->run(soon()); }),
                HasSubstr("refused 'guest-file-open': failed to open file: Read-only file system"));
}

TEST(Fork, SaysWhenItsServerHasTheToken) {
    FakeTemplate made;
    const auto fork = made.fork();
    const auto told = fork->sshTarget().tokenTold;
    EXPECT_NE(told.wait_for(0s), std::future_status::ready) << "its CPUs do not run yet";
    fork->begin(soon());
    EXPECT_NO_THROW(told.get());
    EXPECT_NO_THROW(fork->run(soon()));
}

TEST(Fork, WithoutATokenTellsThoseWhoWaitForIt) {
    FakeTemplate made("fake.read-only-guest");
    const auto fork = made.fork();
    const auto told = fork->sshTarget().tokenTold;
    fork->begin(soon());
    EXPECT_THAT(errorOf<GuestError>([&] { told.get(); }), HasSubstr("Read-only file system"));
}

TEST(Fork, EndsAtOnceWhileItsAgentIsSilent) {
    FakeTemplate made("fake.silent-agent");
    auto fork = made.fork();
    const auto told = fork->sshTarget().tokenTold;
    fork->begin(Deadline::never());
    const auto begun = std::chrono::steady_clock::now();
    fork.reset();
    // This used to take five seconds or more.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 4s);
    EXPECT_THAT(errorOf<TransportError>([&] { told.get(); }), HasSubstr("guest agent"));
}

TEST(Fork, ThatStillSettlesIsWaitedForUntilTheDeadlineOnly) {
    FakeTemplate made("fake.silent-agent");
    const auto fork = made.fork();
    fork->begin(Deadline::never());
    const auto late = HasSubstr("the fork does not respond");
    EXPECT_THAT(errorOf<TimeoutError>([&] { fork->pause(brief()); }), late);
    EXPECT_THAT(errorOf<TimeoutError>([&] { fork->run(brief()); }), late);
    EXPECT_THAT(errorOf<TimeoutError>([&] { fork->reboot([] {}, brief()); }), late);
    EXPECT_THAT(errorOf<TimeoutError>([&] { fork->keep(made.home.path() / "kept", brief()); }), late);
    EXPECT_FALSE(fs::exists(made.home.path() / "kept"));
}

TEST(Fork, WhoseQemuDiesTellsItsLastWords) {
    FakeTemplate dying("fake.die-incoming");
    EXPECT_THAT(errorOf<GuestError>([&] { dying.fork(); }), HasSubstr("fake-qemu: cannot take a state"));
    FakeTemplate hanging("fake.hang-in-migration");
    EXPECT_THAT(errorOf<TimeoutError>([&] { Fork::prepare(hanging.open(), hanging.log, hanging.failure, brief()); }),
                HasSubstr("QEMU's event MIGRATION"));
}

/// Resets the machine, as a rebooting guest does.
void reset(Fork& fork) { fork.machine().qmp().execute("fake-reset", soon()); }

/// A reset that was not requested with Fork::reboot(): QEMU ends, possibly before its answer is read.
void resetUnasked(Fork& fork) {
    try {
        reset(fork);
    } catch (const Error&) {
        return;
    }
}

/// Waits until the unexpected end of the machine is declared. Returns the reason.
std::string endOf(FakeTemplate& made) {
    pollfd declared{made.failure.fd(), POLLIN, 0};
    EXPECT_TRUE(poll({&declared, 1}, soon())) << "it goes on";
    return made.failure.reason().value_or("");
}

TEST(Fork, EndsWhenItsGuestResetsAndNobodyAsked) {
    FakeTemplate made;
    const auto fork = made.fork();
    fork->run(soon());
    resetUnasked(*fork);
    EXPECT_THAT(endOf(made), HasSubstr("QEMU"));
}

TEST(Fork, IsRebootedWhenAskedAndOnlyOnce) {
    FakeTemplate made;
    const auto fork = made.fork();
    fork->run(soon());
    EXPECT_NO_THROW(fork->reboot([&] { reset(*fork); }, soon()));
    EXPECT_FALSE(made.failure.reason());
    resetUnasked(*fork);
    EXPECT_THAT(endOf(made), HasSubstr("QEMU"));
}

TEST(Fork, GetsItsClockAndItsTokenAgainAfterAReboot) {
    for (const auto& [behaviour, message] : {std::pair{"fake.rebooted.wrong-clock", "clock is wrong by -3.0 s"},
                                             std::pair{"fake.rebooted.read-only-guest", "refused 'guest-file-open'"}}) {
        FakeTemplate made(behaviour);
        const auto fork = made.fork();
        fork->run(soon());
        EXPECT_THAT(errorOf<GuestError>([&] { fork->reboot([&] { reset(*fork); }, soon()); }), HasSubstr(message));
    }
}

TEST(Fork, ThatDoesNotComeBackFromARebootEndsTheWait) {
    FakeTemplate silent("fake.rebooted.silent-agent");
    const auto one = silent.fork();
    one->run(soon());
    EXPECT_THAT(errorOf<TimeoutError>([&] { one->reboot([&] { reset(*one); }, brief()); }),
                HasSubstr("the fork does not respond"));
    FakeTemplate panicking("fake.rebooted.panic fake.rebooted.silent-agent");
    const auto other = panicking.fork();
    other->run(soon());
    EXPECT_THAT(errorOf<GuestError>([&] { other->reboot([&] { reset(*other); }, soon()); }),
                HasSubstr("Kernel panic - not syncing"));
}

TEST(Fork, ThatDoesNotGoDownForARebootEndsWithTheDeadline) {
    FakeTemplate made;
    const auto fork = made.fork();
    EXPECT_THAT(errorOf<UsageError>([&] { fork->reboot([] {}, soon()); }), HasSubstr("does not run"));
    fork->run(soon());
    EXPECT_THAT(errorOf<TimeoutError>([&] { fork->reboot([] {}, brief()); }),
                AllOf(HasSubstr("the guest does not go down for its reboot"), HasSubstr("RESET")));
}

TEST(Fork, ThatWasNotRebootedEndsAtAResetThatNobodyAskedFor) {
    const std::function<void(Fork&)> refused = [](Fork& fork) {
        EXPECT_EQ(errorOf<GuestError>([&] { fork.reboot([] { throw GuestError("no sudo"); }, soon()); }), "no sudo");
    };
    const std::function<void(Fork&)> ignored = [](Fork& fork) {
        EXPECT_THAT(errorOf<TimeoutError>([&] { fork.reboot([] {}, brief()); }), HasSubstr("does not go down"));
    };
    for (const auto& fail : {refused, ignored}) {
        FakeTemplate made;
        const auto fork = made.fork();
        fork->run(soon());
        fail(*fork);
        EXPECT_FALSE(made.failure.reason());
        resetUnasked(*fork);
        EXPECT_THAT(endOf(made), HasSubstr("QEMU"));
    }
}

TEST(Fork, SharesASegmentWithAnother) {
    FakeTemplate made;
    const auto one = made.fork();
    const auto other = made.fork();
    one->shareSegmentWith(*other);
    EXPECT_EQ(fs::read_symlink(one->info().folder / "lan.peer"), other->info().folder / "lan.sock");
    EXPECT_EQ(fs::read_symlink(other->info().folder / "lan.peer"), one->info().folder / "lan.sock");
}

TEST(Fork, TellsTheMemoryThatOnlyItUses) {
    FakeTemplate made;
    EXPECT_GT(made.fork()->privateMemory(), 0U);
}

TEST(Fork, ComesFromASource) {
    FakeTemplate made;
    TemplateSource source(made.open());
    const auto machine = source.prepare(made.log, made.failure, soon());
    EXPECT_NO_THROW(machine->run(soon()));
    const auto pid = machine->info().qemuPid;
    machine->stop(soon());
    EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace boxtest
