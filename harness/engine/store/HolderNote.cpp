#include "store/HolderNote.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace boxtest {

namespace {

constexpr std::size_t longestNote = 512;
constexpr std::size_t longestShown = 120;
/// A process id has at most seven digits.
constexpr std::size_t longestPid = 10;
/// Waits are reported about once a second; so an older note is one of a process that was killed.
constexpr auto oldestNote = std::chrono::minutes(1);
constexpr auto betweenSameNotes = std::chrono::seconds(5);
constexpr auto betweenNotes = std::chrono::milliseconds(200);

std::string oneLineOfAscii(std::string_view text, std::size_t longest) {
    std::string shown(text.substr(0, longest));
    std::replace_if(
        shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text.size() > longest ? shown + "..." : shown;
}

/// The text of a regular file that was changed lately, as far as it is read; else empty.
std::string freshText(const std::filesystem::path& path) {
    // O_NONBLOCK: somebody may have put a FIFO in its place.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat facts {};
    if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
    const auto changed = std::chrono::system_clock::from_time_t(facts.st_mtim.tv_sec);
    if (std::chrono::abs(std::chrono::system_clock::now() - changed) > oldestNote) return "";
    std::array<char, longestNote> buffer{};
    const auto got = ::read(file.get(), buffer.data(), buffer.size());
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
}

}  // namespace

std::filesystem::path HolderNote::besideOf(const std::filesystem::path& lockFile) { return lockFile.string() + ".doing"; }

HolderNote::HolderNote(const std::filesystem::path& lockFile, Log& log)
    : log_(log),
      path_(besideOf(lockFile)),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)) {
    write("it has just begun");
}

HolderNote::~HolderNote() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void HolderNote::waiting(std::string_view what, std::chrono::steady_clock::duration sofar) {
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (now - at_ >= (what == written_ ? std::chrono::nanoseconds(betweenSameNotes) : std::chrono::nanoseconds(betweenNotes)))
            write(what);
    }
    log_.waiting(what, sofar);
}

void HolderNote::write(std::string_view what) {
    if (!file_) return;
    at_ = std::chrono::steady_clock::now();
    written_ = what;
    const auto note = fmt::format("{}\n{}\n", ::getpid(), oneLineOfAscii(what, longestNote / 2));
    // In one call, and in place, so that a killed process leaves no other file. A reader who meets a rest of the text before sees
    // complete lines first.
    const auto size = static_cast<ssize_t>(note.size());
    if (::pwrite(file_.get(), note.data(), note.size(), 0) != size || ::ftruncate(file_.get(), size) != 0) file_.reset();
}

std::string HolderNote::readBeside(const std::filesystem::path& lockFile) {
    const auto text = freshText(besideOf(lockFile));
    const auto first = text.find('\n');
    const auto second = first == std::string::npos ? first : text.find('\n', first + 1);
    if (second == std::string::npos || first == 0 || first > longestPid || second == first + 1) return "";
    const auto pid = text.substr(0, first);
    if (!std::all_of(pid.begin(), pid.end(), [](char c) { return c >= '0' && c <= '9'; })) return "";
    return fmt::format(" (process {}: {})", pid,
                       oneLineOfAscii(std::string_view(text).substr(first + 1, second - first - 1), longestShown));
}

}  // namespace boxtest
