/// boxtest-probe: tries the probes from its standard input, as an intruder inside a service would. One probe per line: a verb and
/// its words, separated by tabs. A word "$NAME" is the value of that environment variable up to its first colon: systemd passes a
/// service's folders in such variables. Prints a line for each probe: "probe", a tab, the unchanged line, "ok" or the errno's
/// name or "unset" (the variable is not set), a detail, separated by the control character US (0x1f). Then prints the lines of
/// its own /proc/self/status and mountinfo, each with "status" or "mount" and a tab before it, and "complete" at the end. An
/// invalid line ends it with status 2. Statically linked, so that it needs only the machine's kernel.
///
/// boxtest-probe walk: see Walk.hpp.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "Attempt.hpp"
#include "Walk.hpp"

namespace probe {

void want(Words words, std::size_t count) {
    if (words.size() != count) throw std::invalid_argument("takes " + std::to_string(count) + " words");
}

namespace {

constexpr int misunderstood = 2;

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    for (auto tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t', begin)) {
        words.push_back(line.substr(begin, tab - begin));
        begin = tab + 1;
    }
    words.push_back(line.substr(begin));
    return words;
}

/// Returns false if a word names a variable that is not set.
bool fillIn(std::vector<std::string>& words) {
    for (auto& word : words) {
        if (!word.starts_with('$')) continue;
        const char* const value = std::getenv(word.c_str() + 1);
        if (!value || *value == '\0') return false;
        word = value;
        word.erase(std::min(word.find(':'), word.size()));
    }
    return true;
}

Attempt attempt(const std::vector<std::string>& line) {
    const std::string_view verb = line.front();
    const Words words(line.data() + 1, line.size() - 1);
    if (isFileVerb(verb)) return tryFile(verb, words);
    if (isSystemCallVerb(verb)) return trySystemCall(verb, words);
    if (isNetworkVerb(verb)) return tryNetwork(verb, words);
    if (isProcessVerb(verb)) return tryProcess(verb, words);
    throw std::invalid_argument("no such probe");
}

std::string answer(const std::string& line) {
    auto words = split(line);
    if (!fillIn(words)) return "unset\x1f";
    const auto result = attempt(words);
    const char* const name = result.error == 0 ? "ok" : ::strerrorname_np(result.error);
    return (name ? std::string(name) : std::to_string(result.error)) + "\x1f" + result.detail;
}

/// A probe in its own process, which sends its answer through a pipe.
struct Started {
    std::string line;
    pid_t process;
    int output;
};

Started start(const std::string& line) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
    const auto child = ::fork();
    if (child < 0) throw std::runtime_error(std::string("cannot fork: ") + std::strerror(errno));
    if (child == 0) {
        try {
            const auto text = answer(line);
            ::_exit(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
        } catch (const std::exception& error) {
            std::cerr << "boxtest-probe: '" << line << "': " << error.what() << "\n";
            ::_exit(misunderstood);
        }
    }
    ::close(ends[1]);
    return {line, child, ends[0]};
}

/// For a probe that the kernel kills (as a filter of system calls may), the answer is the signal's name.
void finish(const Started& probe) {
    std::string text;
    std::array<char, 1024> bytes{};
    for (ssize_t got = 0; (got = ::read(probe.output, bytes.data(), bytes.size())) > 0;)
        text.append(bytes.data(), static_cast<std::size_t>(got));
    ::close(probe.output);
    int status = 0;
    if (::waitpid(probe.process, &status, 0) < 0) throw std::runtime_error(std::string("cannot wait: ") + std::strerror(errno));
    if (WIFSIGNALED(status)) text = std::string("SIG") + ::sigabbrev_np(WTERMSIG(status)) + "\x1f";
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) std::exit(WEXITSTATUS(status));
    std::cout << "probe\t" << probe.line << "\x1f" << text << "\n";
}

/// Probes that may wait in vain for an answer run in parallel; all others run one after the other, because one might find what
/// another temporarily leaves behind.
void runAll(std::istream& lines) {
    std::vector<Started> waiting;
    std::vector<std::string> others;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("connect\t"))
            waiting.push_back(start(line));
        else if (!line.empty())
            others.push_back(line);
    }
    for (const auto& line : others) finish(start(line));
    for (const auto& probe : waiting) finish(probe);
}

void tell(const char* kind, const char* file) {
    std::ifstream lines(file);
    if (!lines) throw std::runtime_error(std::string("cannot read '") + file + "'");
    for (std::string line; std::getline(lines, line);) std::cout << kind << "\t" << line << "\n";
}

}  // namespace

}  // namespace probe

int main(int argc, char** argv) {
    try {
        const bool walks = argc == 2 && std::string_view(argv[1]) == "walk";
        if (argc > 1 && !walks) throw std::invalid_argument("takes no argument but the word 'walk'");
        if (walks) {
            probe::walk(std::cin);
            return std::cout.flush() ? 0 : 1;
        }
        probe::runAll(std::cin);
        probe::tell("status", "/proc/self/status");
        probe::tell("mount", "/proc/self/mountinfo");
        std::cout << "complete" << std::endl;
        return std::cout ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "boxtest-probe: " << error.what() << "\n";
        return 1;
    }
}
