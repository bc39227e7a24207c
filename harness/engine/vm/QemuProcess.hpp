#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/BackgroundThread.hpp"
#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Process.hpp"
#include "vm/Console.hpp"

namespace boxtest {

struct QemuProcessOptions {
    std::vector<std::string> argv;
    std::vector<int> keepOpen;               ///< descriptors that QEMU inherits
    std::filesystem::path consoleLog;        ///< from its stdout
    std::filesystem::path errorLog;          ///< from its stderr
    GuestPhase phase = GuestPhase::booting;  ///< what the guest does when QEMU starts it
};

/// A running QEMU. A thread of this object starts it, because the kernel kills QEMU when the thread that started it ends (so a
/// crash of the harness leaves no QEMU behind). That thread lives as long as this object, regardless of the thread that created
/// the object. It reads stderr, and declares QEMU's death or an error of KVM on the latch, with QEMU's last words.
class QemuProcess {
   public:
    /// Returns when QEMU runs. Throws SystemError when it cannot be started. The latch must outlive the object.
    QemuProcess(QemuProcessOptions options, FailureLatch& failure);
    QemuProcess(const QemuProcess&) = delete;
    QemuProcess& operator=(const QemuProcess&) = delete;
    /// Ends QEMU: SIGTERM, a second of grace, SIGKILL.
    ~QemuProcess();

    pid_t pid() const { return process_->pid(); }
    /// As Process::handle().
    FileDescriptor handle() const { return process_->handle(); }
    Console& console() { return *console_; }

    /// From now on the end of QEMU is expected, and is not a failure.
    void expectEnd() { endExpected_ = true; }

    /// True when QEMU has ended (and was reaped) by the deadline.
    bool waitForEnd(Deadline deadline) const;

    /// Sends SIGTERM, and SIGKILL when QEMU still runs after `grace`. Waits for its end, but not forever: a QEMU that the kernel
    /// blocks is left running. Returns false when SIGKILL was needed.
    bool terminate(std::chrono::milliseconds grace);

    /// The last 4 KiB that QEMU wrote to stderr.
    std::string lastWords() const;

   private:
    void start();
    void watch();
    void takeErrors();
    void judgeErrors();

    QemuProcessOptions options_;
    FailureLatch& failure_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<Console> console_;
    FileDescriptor errorLog_;
    std::size_t logged_ = 0;
    Event ended_;
    std::atomic<bool> endExpected_ = false;
    Event givenUp_;  ///< QEMU did not end after SIGKILL: the thread stops waiting.

    mutable std::mutex mutex_;
    std::string lastWords_;
    BackgroundThread thread_;
};

}  // namespace boxtest
