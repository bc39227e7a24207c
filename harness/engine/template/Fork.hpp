#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "base/BackgroundThread.hpp"
#include "machine/MachineFolder.hpp"
#include "machine/MachineInfo.hpp"
#include "template/KeptMachine.hpp"
#include "template/Template.hpp"
#include "template/TestMachine.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/Machine.hpp"

namespace boxtest {

/// A running copy of a template, or of a kept machine: RAM and disk are shared with it until they are written. Its QEMU and its
/// folder are removed with the object. A random token, shown as the SSH banner after run(), identifies it.
class Fork final : public TestMachine {
   public:
    /// A copy of the template with its CPUs stopped. Log and failure must outlive it. Throws GuestError, TimeoutError,
    /// SystemError.
    static std::unique_ptr<Fork> prepare(std::shared_ptr<const Template> from, Log& log, FailureLatch& failure, Deadline deadline,
                                         CpuThreads cpuThreads = CpuThreads::oneEach);

    /// A copy of the template with its CPUs stopped, whose RAM and disk are files: `ram` is a copy of the template's RAM that the
    /// caller created, `disk` is created here. After saveState() the machine is all that a further template needs.
    static std::unique_ptr<Fork> prepareInFiles(std::shared_ptr<const Template> from, const std::filesystem::path& ram,
                                                const std::filesystem::path& disk, Log& log, FailureLatch& failure,
                                                Deadline deadline);

    /// A kept machine in the state in which it was kept, with its CPUs stopped. Throws as prepare(), and UsageError when a file
    /// that it depends on is missing, or QEMU is another version.
    static std::unique_ptr<Fork> resume(const GuestHooks& hooks, const KeptMachine& kept, Log& log, FailureLatch& failure,
                                        Deadline deadline);

    Fork(const Fork&) = delete;
    Fork& operator=(const Fork&) = delete;
    ~Fork() override;

    const Guest& guest() const override { return base_->guest(); }
    const MachineInfo& info() const override { return info_; }
    void endAtOnce() const noexcept override;
    SshTarget sshTarget() const override;
    FailureLatch& failure() override { return machine_.failure(); }
    void begin(Deadline deadline) override;
    void run(Deadline deadline) override;
    void pause(Deadline deadline) override;
    void reboot(const std::function<void()>& ask, Deadline deadline) override;
    void keep(const std::filesystem::path& folder, Deadline deadline) override;
    void shareSegmentWith(TestMachine& other) override;
    std::uint64_t privateMemory() const override;
    void stop(Deadline deadline) override;

    const MachineFolder& folder() const { return folder_; }
    Machine& machine() { return machine_; }

    /// Returns when the agent of a guest that reboots answers again, and its clock and token are as after run().
    void settleAfterReboot(Deadline deadline);

    /// Stored with a kept machine: its scenario, and why it was kept.
    void describe(std::string scenario, std::string reason);
    /// Removes the token that its SSH server sends; run() must have returned. For a machine that is about to be frozen: its forks
    /// have tokens of their own.
    void forgetToken(Deadline deadline);

   private:
    Fork(std::unique_ptr<const ForkBase> base, MachineFolder folder, Machine machine, MachineInfo info);
    static std::unique_ptr<ForkBase> baseOf(std::shared_ptr<const Template> from);
    static std::unique_ptr<Fork> start(std::unique_ptr<const ForkBase> base, Log& log, FailureLatch& failure, Deadline deadline);
    bool identified() const;
    /// Waits for the end of settle(), successful or not. Throws TimeoutError.
    void waitUntilSettled(Deadline deadline) const;
    /// The work of the thread settling_ while the machine runs.
    void settle(Deadline deadline);
    void awaitLife(Deadline deadline);
    void writeToken(Deadline deadline);
    void setClock(Deadline deadline);

    std::unique_ptr<const ForkBase> base_;
    MachineFolder folder_;
    Machine machine_;
    const FileDescriptor process_ = machine_.processHandle();
    MachineInfo info_;
    std::string scenario_;
    std::string reason_;
    bool running_ = false;
    bool kept_ = false;
    std::promise<void> identify_;
    std::shared_future<void> identified_ = identify_.get_future().share();
    std::shared_future<void> settled_;
    BackgroundThread settling_;  ///< Last member: it uses all members above, and is joined first.
};

}  // namespace boxtest
