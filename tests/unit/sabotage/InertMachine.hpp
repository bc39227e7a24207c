#pragma once

#include "base/FailureLatch.hpp"
#include "manifest/Manifest.hpp"
#include "template/TestMachine.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {

/// A stub machine of a fake guest: no process exists, and all operations do nothing.
class InertMachine : public TestMachine {
   public:
    InertMachine(const FakeGuest& guest, FailureLatch& failure) : guest_(guest.load().guest()), failure_(failure) {}

    const Guest& guest() const override { return guest_; }
    const MachineInfo& info() const override { return info_; }
    SshTarget sshTarget() const override { return {}; }
    FailureLatch& failure() override { return failure_; }
    void begin(Deadline) override {}
    void run(Deadline) override {}
    void pause(Deadline) override {}
    void reboot(const std::function<void()>&, Deadline) override {}
    void keep(const std::filesystem::path&, Deadline) override {}
    void shareSegmentWith(TestMachine&) override {}
    std::uint64_t privateMemory() const override { return 0; }
    void stop(Deadline) override {}
    void endAtOnce() const noexcept override {}

   protected:
    MachineInfo info_;

   private:
    Guest guest_;
    FailureLatch& failure_;
};

}  // namespace boxtest
