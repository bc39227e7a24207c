#include "cli/FollowFile.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace {

constexpr std::chrono::milliseconds lookInterval{200};

/// Prints what the file holds after its current position.
void printNew(const FileDescriptor& file, const std::filesystem::path& name) {
    struct stat found {};
    // A file that was made shorter was begun anew.
    if (::fstat(file.get(), &found) == 0 && found.st_size < ::lseek(file.get(), 0, SEEK_CUR)) ::lseek(file.get(), 0, SEEK_SET);
    std::array<char, 65536> buffer{};
    while (std::cout) {
        const auto got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw SystemError(fmt::format("cannot read '{}'", name.string()), errno);
        if (got == 0) break;
        std::cout.write(buffer.data(), got);
    }
    std::cout.flush();
}

}  // namespace

void followFile(const std::filesystem::path& file, int writer) {
    const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) throw SystemError(fmt::format("cannot open '{}'", file.string()), errno);
    for (bool writes = true; writes && std::cout;) {
        printNew(opened, file);
        std::array<pollfd, 2> waiting{{{writer, POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
        poll(waiting, Deadline::in(lookInterval));
        if ((waiting[1].revents & (POLLERR | POLLHUP)) != 0) return;
        writes = waiting[0].revents == 0;
    }
    printNew(opened, file);
}

}  // namespace boxtest
