#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "Attempt.hpp"

namespace probe {

namespace {

constexpr int programMilliseconds = 60000;

/// The number of a process or a user.
pid_t numberOf(const std::string& word) {
    char* end = nullptr;
    const long number = std::strtol(word.c_str(), &end, 10);
    if (end == word.c_str() || *end != '\0' || number <= 0) throw std::invalid_argument("no number");
    return static_cast<pid_t>(number);
}

Attempt signalProcess(Words words) {
    want(words, 1);
    return Attempt::of(::kill(numberOf(words[0]), 0));
}

/// Attaches without stopping the process, and detaches when this process ends.
Attempt seize(Words words) {
    want(words, 1);
    return Attempt::of(::ptrace(PTRACE_SEIZE, numberOf(words[0]), nullptr, nullptr));
}

/// Reads a few bytes of its memory. For an unmapped address the kernel returns EFAULT, but only to a process that is allowed to
/// read.
Attempt readMemory(Words words) {
    want(words, 1);
    std::array<char, 16> bytes{};
    const iovec here{bytes.data(), bytes.size()};
    const iovec there{reinterpret_cast<void*>(0x400000), bytes.size()};
    return Attempt::of(::process_vm_readv(numberOf(words[0]), &here, 1, &there, 1, 0));
}

/// Takes another user's identity, as a service with CAP_SETUID could.
Attempt becomeUser(Words words) {
    want(words, 1);
    return Attempt::of(::setuid(static_cast<uid_t>(numberOf(words[0]))));
}

/// Counts the processes of other users that /proc shows.
Attempt foreignProcesses(Words words) {
    want(words, 0);
    DIR* folder = ::opendir("/proc");
    if (!folder) return Attempt::failed(errno);
    int foreign = 0;
    while (const dirent* entry = ::readdir(folder)) {
        struct stat facts {};
        if (!std::isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
        if (::fstatat(::dirfd(folder), entry->d_name, &facts, 0) == 0 && facts.st_uid != ::geteuid()) ++foreign;
    }
    ::closedir(folder);
    return foreign == 0 ? Attempt::failed(ENOENT, "none") : Attempt::worked(std::to_string(foreign) + " of them");
}

std::string firstLine(std::string text) {
    for (auto& letter : text)
        if (letter == '\t') letter = ' ';
    text.erase(std::min(text.find('\n'), text.size()));
    return text.substr(0, 160);
}

/// Runs a program of the machine: exit status 0 is success, anything else a refusal with its first words of output. The program
/// has no terminal, no input, and a plain environment.
Attempt runProgram(Words words) {
    if (words.empty()) throw std::invalid_argument("no program");
    std::array<int, 2> output{};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) return Attempt::failed(errno);
    const auto child = ::fork();
    if (child < 0) return Attempt::failed(errno);
    if (child == 0) {
        ::setsid();
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, 0);
        ::dup2(output[1], 1);
        ::dup2(output[1], 2);
        std::vector<char*> argv;
        for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        ::setenv("PATH",
                 "/run/wrappers/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin", 1);
        ::setenv("LC_ALL", "C", 1);
        ::execvp(argv.front(), argv.data());
        ::_exit(errno == ENOENT ? 127 : 126);
    }
    ::close(output[1]);
    std::string text;
    for (pollfd readable{output[0], POLLIN, 0}; ::poll(&readable, 1, programMilliseconds) > 0;) {
        std::array<char, 4096> bytes{};
        const auto got = ::read(output[0], bytes.data(), bytes.size());
        if (got <= 0) break;
        if (text.size() < bytes.size()) text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    ::kill(-child, SIGKILL);
    int status = 0;
    if (::waitpid(child, &status, 0) < 0) return Attempt::failed(errno);
    if (!WIFEXITED(status))
        return Attempt::failed(EINTR, "ended by signal " + std::to_string(WTERMSIG(status)) + ": " + firstLine(text));
    switch (WEXITSTATUS(status)) {
        case 0: return Attempt::worked(firstLine(text));
        case 126: return Attempt::failed(EACCES, "cannot be executed");
        case 127: return Attempt::failed(ENOENT, "is not there");
        default: return Attempt::failed(EPERM, "status " + std::to_string(WEXITSTATUS(status)) + ": " + firstLine(text));
    }
}

struct Verb {
    std::string_view name;
    Attempt (*run)(Words words);
};

constexpr std::array verbs{
    Verb{"kill", signalProcess},     Verb{"ptrace", seize},      Verb{"foreign-processes", foreignProcesses},
    Verb{"read-memory", readMemory}, Verb{"become", becomeUser}, Verb{"run", runProgram}};

}  // namespace

bool isProcessVerb(std::string_view verb) {
    for (const auto& known : verbs)
        if (known.name == verb) return true;
    return false;
}

Attempt tryProcess(std::string_view verb, Words words) {
    for (const auto& known : verbs)
        if (known.name == verb) return known.run(words);
    throw std::invalid_argument("no such probe");
}

}  // namespace probe
