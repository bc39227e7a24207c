/// boxtest-probe: tries, as an intruder inside a service would, what it is told on its standard input, a probe a line: a verb
/// and its words, separated by tabs. Prints a line for each: "probe", a tab, the line as it was, "ok" or the errno's name, a
/// detail, separated by the control character US (0x1f). Then the lines of its own /proc/self/status, "status" and a tab before
/// each, and "complete" at the end. A line that it does not understand ends it with status 2. Static, so that it needs nothing of
/// the machine but the kernel.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
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

Attempt attempt(const std::vector<std::string>& line) {
    const std::string_view verb = line.front();
    const Words words(line.data() + 1, line.size() - 1);
    if (isFileVerb(verb)) return tryFile(verb, words);
    if (isSystemCallVerb(verb)) return trySystemCall(verb, words);
    if (isNetworkVerb(verb)) return tryNetwork(verb, words);
    if (isProcessVerb(verb)) return tryProcess(verb, words);
    throw std::invalid_argument("no such probe");
}

constexpr int misunderstood = 2;

/// In a process of its own. A probe that the kernel kills (a filter of system calls may) is told by the signal's name.
void run(const std::string& line) {
    std::cout.flush();
    const auto child = ::fork();
    if (child < 0) throw std::runtime_error(std::string("cannot fork: ") + std::strerror(errno));
    if (child == 0) {
        int status = 0;
        try {
            const auto result = attempt(split(line));
            const char* const name = result.error == 0 ? "ok" : ::strerrorname_np(result.error);
            std::cout << "probe\t" << line << "\x1f" << (name ? name : std::to_string(result.error).c_str()) << "\x1f"
                      << result.detail << "\n";
        } catch (const std::exception& error) {
            std::cerr << "boxtest-probe: '" << line << "': " << error.what() << "\n";
            status = misunderstood;
        }
        std::cout.flush();
        ::_exit(status);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) < 0) throw std::runtime_error(std::string("cannot wait: ") + std::strerror(errno));
    if (WIFSIGNALED(status))
        std::cout << "probe\t" << line << "\x1fSIG" << ::sigabbrev_np(WTERMSIG(status)) << "\x1f\n";
    else if (WEXITSTATUS(status) != 0)
        ::_exit(WEXITSTATUS(status));
}

}  // namespace

}  // namespace probe

int main(int argc, char** argv) {
    try {
        if (argc == 3 && std::string_view(argv[1]) == "walk") {
            probe::walk(argv[2]);
            return std::cout.flush() ? 0 : 1;
        }
        for (std::string line; std::getline(std::cin, line);)
            if (!line.empty()) probe::run(line);
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) std::cout << "status\t" << line << "\n";
        std::cout << "complete" << std::endl;
        return std::cout ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "boxtest-probe: " << error.what() << "\n";
        return 1;
    }
}
