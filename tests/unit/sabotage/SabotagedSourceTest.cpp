#include "sabotage/SabotagedSource.hpp"

#include <gmock/gmock.h>

#include "base/Error.hpp"
#include "sabotage/SabotageScript.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/sabotage/InertMachine.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string>& told() {
    static std::vector<std::string> events;
    return events;
}

class MadeUpMachine final : public InertMachine {
   public:
    MadeUpMachine(int number, const FakeGuest& guest, FailureLatch& failure)
        : InertMachine(guest, failure), name_("machine " + std::to_string(number)) {}
    ~MadeUpMachine() override { told().push_back(name_ + " gone"); }

    void begin(Deadline) override { told().push_back(name_ + " runs"); }
    void pause(Deadline) override { told().push_back(name_ + " paused"); }

   private:
    std::string name_;
};

class MadeUpSource final : public MachineSource {
   public:
    std::unique_ptr<TestMachine> prepare(Log&, FailureLatch& failure, Deadline) override {
        return std::make_unique<MadeUpMachine>(++made_, guest_, failure);
    }

   private:
    FakeGuest guest_;
    int made_ = 0;
};

class SabotagedSourceTest : public testing::Test {
   protected:
    SabotagedSourceTest() { told().clear(); }

    std::unique_ptr<TestMachine> prepare() { return source_.prepare(log_, failure_, Deadline::in(std::chrono::minutes(1))); }

    /// Prepares a machine, and returns the cause that a worker would send to `boxtest run`.
    NotRunCause cause() {
        try {
            prepare();
        } catch (const ChangeError& error) {
            return error.cause();
        } catch (const Error&) {
            return NotRunCause::machine;
        }
        ADD_FAILURE() << "there is a machine";
        return NotRunCause::stopped;
    }

    NullLog log_;
    FailureLatch failure_;
    MadeUpSource inner_;
    CommandResult result_{.exitStatus = 0, .signal = {}, .out = {}, .err = {}};
    bool isLost_ = false;
    SabotagedSource source_{inner_, Sabotage{.id = "bad", .act = "break it", .check = "look"}, "",
                            [this](TestMachine&, const FailureLatch& failure, Deadline) {
                                if (failure.reason()) throw GuestError(*failure.reason());
                                return [this](const std::string& script) {
                                    if (isLost_) throw GuestError("the session has ended");
                                    told().push_back(script.find("break it") < script.find("look") ? "script" : "something else");
                                    return result_;
                                };
                            }};
};

TEST_F(SabotagedSourceTest, EveryMachineIsSabotagedAndStoppedAgain) {
    const auto own = prepare();
    const auto neighbour = prepare();
    EXPECT_THAT(told(),
                ElementsAre("machine 1 runs", "script", "machine 1 paused", "machine 2 runs", "script", "machine 2 paused"));
}

TEST_F(SabotagedSourceTest, WhatDidNotTakeEffectGivesNoMachine) {
    result_.exitStatus = sabotageNotTaken;
    result_.err = "nothing to see";
    EXPECT_THAT(errorOf<ChangeError>([&] { prepare(); }),
                AllOf(StartsWith("the sabotage 'bad' did not take effect"), HasSubstr("nothing to see")));
    EXPECT_EQ(told().back(), "machine 1 gone");
    // cause() prepares another machine.
    EXPECT_EQ(cause(), NotRunCause::changeWithoutEffect);
}

TEST_F(SabotagedSourceTest, WhatCouldNotBeDoneSaysSo) {
    for (const int status : {sabotageNotDone, 1, 127}) {
        result_.exitStatus = status;
        EXPECT_THAT(errorOf<ChangeError>([&] { prepare(); }), StartsWith("the sabotage 'bad' could not be done: exit status"));
        EXPECT_EQ(cause(), NotRunCause::changeFailed);
    }
}

TEST_F(SabotagedSourceTest, ASessionThatEndsMeanwhileIsTheSabotagesFault) {
    isLost_ = true;
    EXPECT_EQ(errorOf<ChangeError>([&] { prepare(); }), "the sabotage 'bad' could not be done: the session has ended");
    EXPECT_EQ(cause(), NotRunCause::changeFailed);
}

TEST_F(SabotagedSourceTest, AMachineThatCannotBeReachedIsNot) {
    failure_.declare("QEMU has ended");
    EXPECT_EQ(errorOf<GuestError>([&] { prepare(); }), "QEMU has ended");
    EXPECT_EQ(cause(), NotRunCause::machine);
}

}  // namespace
}  // namespace boxtest
