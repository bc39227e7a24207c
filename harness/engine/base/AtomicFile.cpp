#include "base/AtomicFile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

namespace {

void writeAll(int fd, std::string_view text, const std::string& attempted) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw SystemError(attempted, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

void writeFileAtomically(const std::filesystem::path& file, std::string_view text, mode_t mode) {
    const auto attempted = "cannot write '" + file.string() + "'";
    auto temporary = file.string() + ".XXXXXX";
    FileDescriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd && errno == ENAMETOOLONG) {
        temporary = (file.parent_path() / ".boxtest.XXXXXX").string();
        fd = FileDescriptor(::mkostemp(temporary.data(), O_CLOEXEC));
    }
    if (!fd) throw SystemError(attempted, errno);
    try {
        writeAll(fd.get(), text, attempted);
        if (::fchmod(fd.get(), mode) != 0) throw SystemError(attempted, errno);
        if (::rename(temporary.c_str(), file.c_str()) != 0) throw SystemError(attempted, errno);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

std::string readWholeFile(const std::filesystem::path& file) {
    const auto attempted = "cannot read '" + file.string() + "'";
    FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw SystemError(attempted, errno);
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw SystemError(attempted, errno);
        if (got == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace boxtest
