#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// A log for the holder of an exclusive lease: passes everything on, and writes what is being waited for, with the process id,
/// into a file beside the lock file: Lease::wait() adds it to the log of those who wait for the lease. Nothing depends on this
/// file: errors are ignored. Thread-safe.
class HolderNote final : public Log {
   public:
    /// The log must outlive the object, and so must the lease.
    HolderNote(const std::filesystem::path& lockFile, Log& log);
    HolderNote(const HolderNote&) = delete;
    HolderNote& operator=(const HolderNote&) = delete;
    /// Removes the file.
    ~HolderNote() override;

    void line(std::string_view text) override { log_.line(text); }
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override;

    /// " (process 4711: SSH (1 of 7), about 30 s left)", from the note beside the lock file: printable ASCII of limited length,
    /// whatever the file contains. Empty if there is no note, or only an old or incomplete one.
    static std::string readBeside(const std::filesystem::path& lockFile);
    static std::filesystem::path besideOf(const std::filesystem::path& lockFile);

   private:
    void write(std::string_view what);

    Log& log_;
    std::filesystem::path path_;
    std::mutex mutex_;
    FileDescriptor file_;
    std::string written_;
    std::chrono::steady_clock::time_point at_{};
};

}  // namespace boxtest
