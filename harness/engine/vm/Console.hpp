#pragma once

#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/BackgroundThread.hpp"
#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "vm/ConsoleText.hpp"
#include "vm/ConsoleTrouble.hpp"

namespace boxtest {

/// Reads the guest's serial console in its own thread until the other end is closed. Writes the text without escape sequences to
/// a log file, and checks each line with consoleTrouble(). Trouble is declared on the latch, with the lines around it.
class Console {
   public:
    /// Creates or replaces the file `log`. At most 64 MiB are written to it; reading continues. The latch must outlive the
    /// object.
    Console(FileDescriptor serial, std::filesystem::path log, FailureLatch& failure, GuestPhase phase = GuestPhase::booting);
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;
    ~Console();

    /// Call it when the guest is ready. From now on the signs of a failed boot count as output of a program, until the guest's
    /// kernel starts again.
    void bootIsOver();

    const std::filesystem::path& logFile() const { return log_; }

    /// The last lines that were received, each with a newline, and an unfinished one.
    std::string tail(std::size_t lines) const;

    /// Returns when the Linux kernel has written its first line; a "quiet" kernel never does. Throws TimeoutError, GuestError
    /// (the latch).
    void waitForKernel(Deadline deadline) const;

    /// Readable once the kernel has written its first line. Only for polling.
    int kernelStarted() const { return kernelStarted_.fd(); }

    /// Returns when the other end was closed, and everything from it was read and checked. False when the deadline passed.
    bool waitForEnd(Deadline deadline) const;

   private:
    void read();
    void take(std::string_view bytes);
    void finishLine();
    void judge(const std::string& line);
    void declare();
    void write(std::string_view text);

    FileDescriptor serial_;
    std::filesystem::path log_;
    FileDescriptor logDescriptor_;
    std::size_t written_ = 0;
    bool writeFailed_ = false;
    FailureLatch& failure_;
    Event stop_;
    Event kernelStarted_;
    Event ended_;

    mutable std::mutex mutex_;
    std::deque<std::string> lines_;
    std::string unfinished_;
    GuestPhase phase_;

    ConsoleText text_;
    std::optional<std::string> trouble_;
    std::size_t linesSinceTrouble_ = 0;
    BackgroundThread thread_;
};

}  // namespace boxtest
