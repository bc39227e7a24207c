#include "base/Surroundings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/Error.hpp"

namespace boxtest {

namespace {

void openStandardDescriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        // open() returns the lowest free number, which is `fd`: all lower numbers are open by now. No O_CLOEXEC: children inherit
        // it.
        // NOLINTNEXTLINE(android-cloexec-open)
        if (::open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0)
            throw SystemError("cannot open '/dev/null' in place of a closed standard stream", errno);
    }
}

void resetSignals() {
    for (const int number : {SIGCHLD, SIGTERM, SIGALRM}) {
        struct sigaction current {};
        if (::sigaction(number, nullptr, &current) == 0 && current.sa_handler == SIG_IGN) std::signal(number, SIG_DFL);
    }
    for (const int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::string absolutePath(const std::string& path, const std::filesystem::path& folder) {
    return path.empty() || path.front() == '/' ? path : (folder / path).string();
}

/// An empty entry of PATH means the working directory; it stays empty, because findProgram() skips empty entries.
std::string absoluteList(const std::string& list, const std::filesystem::path& folder) {
    std::string all;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(':', begin), list.size());
        all += (begin == 0 ? "" : ":") + absolutePath(list.substr(begin, end - begin), folder);
        begin = end + 1;
    }
    return all;
}

void makeVariablesAbsolute() {
    std::error_code failed;
    const auto folder = std::filesystem::current_path(failed);
    // The working directory was removed: relative paths cannot be resolved.
    if (failed) return;
    const auto change = [&](const char* name, auto changed) {
        const char* value = std::getenv(name);
        if (!value) return;
        const std::string before = value;
        if (const auto after = changed(before, folder); after != before) ::setenv(name, after.c_str(), 1);
    };
    for (const auto* name : {"BOXTEST_GUEST", "BOXTEST_SCENARIOS", "TMPDIR"}) change(name, absolutePath);
    // A value without a slash is a name to look up in PATH.
    for (const auto* name : {"BOXTEST_QEMU", "BOXTEST_QEMU_IMG"})
        change(name, [](const std::string& value, const std::filesystem::path& base) {
            return value.find('/') == std::string::npos ? value : absolutePath(value, base);
        });
    change("PATH", absoluteList);
}

}  // namespace

void normaliseSurroundings() {
    openStandardDescriptors();
    resetSignals();
    const auto mask = ::umask(077);
    ::umask(mask & 077);
    makeVariablesAbsolute();
}

bool leaveRemovedFolder() {
    std::array<char, PATH_MAX> here{};
    // Not getcwd(3): it may allocate memory.
    return ::syscall(SYS_getcwd, here.data(), here.size()) >= 0 || errno != ENOENT || ::chdir("/") == 0;
}

void clearTestEnvironment() {
    std::vector<std::string> names{"TESTBRIDGE_TEST_ONLY",     "TESTBRIDGE_TEST_RUNNER_FAIL_FAST",
                                   "TEST_PREMATURE_EXIT_FILE", "TEST_SHARD_STATUS_FILE",
                                   "TEST_TOTAL_SHARDS",        "TEST_SHARD_INDEX",
                                   "XML_OUTPUT_FILE"};
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        if (text.starts_with("GTEST_")) names.emplace_back(text.substr(0, text.find('=')));
    }
    for (const auto& name : names) ::unsetenv(name.c_str());
}

}  // namespace boxtest
