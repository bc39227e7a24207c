#include "report/ResultFile.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr int mostLinks = 40;

/// The N of /dev/fd/N, /proc/self/fd/N, /dev/stdout and the like: opening a regular file by such a name would write it from its
/// beginning.
std::optional<int> descriptorNamed(const fs::path& path) {
    const auto text = path.lexically_normal().string();
    if (text == "/dev/stdin") return STDIN_FILENO;
    if (text == "/dev/stdout") return STDOUT_FILENO;
    if (text == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!text.starts_with(folder)) continue;
        int number = -1;
        const auto* const end = text.data() + text.size();
        const auto [stopped, failed] = std::from_chars(text.data() + folder.size(), end, number);
        if (failed == std::errc() && stopped == end && number >= 0) return number;
    }
    return std::nullopt;
}

/// The mode of a new file: what the caller's umask leaves of 0666.
mode_t modeOfNewFile() {
    // There is no other way to read it; no thread creates a file meanwhile that the stricter mask would harm.
    const auto mask = ::umask(077);
    ::umask(mask);
    return 0666 & ~mask;
}

/// Writes the whole text to a blocking or non-blocking descriptor.
void writeAll(int fd, std::string_view text, const std::string& attempted, Deadline deadline) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            waitFor(fd, POLLOUT, deadline, "the reader of what is written (" + attempted + ")");
        } else if (errno != EINTR) {
            throw SystemError(attempted, errno);
        }
    }
}

}  // namespace

ResultFile::ResultFile(const fs::path& named) : named_(named) {
    std::error_code failed;
    target_ = named == "-" ? fs::path("/dev/stdout") : fs::absolute(named, failed);
    if (failed) refuse(failed.message());
    for (int links = 0;; ++links) {
        if (const auto number = descriptorNamed(target_)) {
            descriptor_ = FileDescriptor(::fcntl(*number, F_DUPFD_CLOEXEC, 3));
            number_ = *number;
            if (!descriptor_) refuse(fmt::format("descriptor {} is not open", *number));
            if ((::fcntl(descriptor_.get(), F_GETFL) & O_ACCMODE) == O_RDONLY)
                refuse(fmt::format("descriptor {} is open for reading only", *number));
            return;
        }
        if (!fs::is_symlink(target_, failed)) break;
        if (links == mostLinks) refuse("too many symbolic links");
        const auto to = fs::read_symlink(target_, failed);
        if (failed) refuse(failed.message());
        target_ = target_.parent_path() / to;
    }
    check();
}

bool ResultFile::isTwinOf(const ResultFile& other) const {
    if (descriptor_ || other.descriptor_) return number_ == other.number_;
    struct stat found {};
    if (::stat(target_.c_str(), &found) == 0 && S_ISCHR(found.st_mode)) return false;
    std::error_code failed;
    // Not the files themselves: two hard links become two files when they are replaced.
    return target_.filename() == other.target_.filename() &&
           fs::equivalent(target_.parent_path(), other.target_.parent_path(), failed);
}

void ResultFile::refuseTwins(const std::vector<const ResultFile*>& files) {
    for (auto one = files.begin(); one != files.end(); ++one)
        for (auto other = files.begin(); *one && other != one; ++other)
            if (*other && (*one)->isTwinOf(**other))
                (*one)->refuse(
                    fmt::format("'{}' is the same place, and one result would replace the other", (*other)->named_.string()));
}

void ResultFile::refuse(const std::string& why) const {
    throw UsageError(fmt::format("cannot write to '{}': {}", named_.string(), why));
}

void ResultFile::check() const {
    if (!target_.has_filename()) refuse("it is a folder");
    struct stat found {};
    if (::stat(target_.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode)) refuse("it is a folder");
        if (S_ISSOCK(found.st_mode)) refuse("it is a socket");
        if (::access(target_.c_str(), W_OK) != 0) refuse(std::system_category().message(errno));
        return;
    }
    if (errno != ENOENT) refuse(std::system_category().message(errno));
    const auto folder = target_.parent_path();
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) refuse(fmt::format("cannot make the folder '{}': {}", folder.string(), failed.message()));
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        refuse(fmt::format("no file can be made in '{}': {}", folder.string(), std::system_category().message(errno)));
}

void ResultFile::write(std::string_view text, Deadline deadline) const {
    if (descriptor_) return writeAll(descriptor_.get(), text, fmt::format("cannot write to '{}'", named_.string()), deadline);
    struct stat found {};
    const bool special = ::stat(target_.c_str(), &found) == 0 && !S_ISREG(found.st_mode);
    special ? writeSpecial(text, deadline) : writeRegular(text);
}

void ResultFile::writeSpecial(std::string_view text, Deadline deadline) const {
    const auto attempted = fmt::format("cannot write to '{}'", named_.string());
    for (;;) {
        const FileDescriptor fd(::open(target_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (fd) return writeAll(fd.get(), text, attempted, deadline);
        // A FIFO without a reader, fifo(7).
        if (errno != ENXIO && errno != EINTR) throw SystemError(attempted, errno);
        if (deadline.expired()) throw TimeoutError(attempted + ": timed out waiting for a reader");
        pauseBetweenTries(std::chrono::milliseconds(50), deadline);
    }
}

void ResultFile::writeRegular(std::string_view text) const {
    struct stat found {};
    const bool exists = ::stat(target_.c_str(), &found) == 0;
    try {
        writeFileAtomically(target_, text, exists ? found.st_mode & 0777 : modeOfNewFile());
    } catch (const SystemError& error) {
        // When the folder allows no new file, or the file is a mount point, the file itself may still be writable.
        const auto reason = error.errorNumber();
        if (!exists || (reason != EACCES && reason != EPERM && reason != EBUSY && reason != EROFS && reason != EXDEV)) throw;
        const auto attempted = fmt::format("cannot write to '{}'", named_.string());
        const FileDescriptor fd(::open(target_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
        if (!fd) throw SystemError(attempted, errno);
        writeAll(fd.get(), text, attempted, Deadline::never());
    }
}

}  // namespace boxtest
