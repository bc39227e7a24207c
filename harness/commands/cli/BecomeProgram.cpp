#include "cli/BecomeProgram.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "base/Error.hpp"

namespace boxtest {

void becomeProgram(const std::vector<std::string>& argv) {
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    std::fflush(nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    ::execvp(words.front(), words.data());
    if (errno == ENOENT)
        throw UsageError(
            fmt::format("the program '{}' is missing on this host; `boxtest doctor` tells what to install", argv.front()));
    throw SystemError(fmt::format("cannot start '{}'", argv.front()), errno);
}

}  // namespace boxtest
