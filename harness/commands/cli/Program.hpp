#pragma once

#include <map>
#include <string>
#include <vector>

namespace boxtest {

/// The program `boxtest`: parses the command line, runs the command, turns errors into a message on stderr and an exit status.
class Program {
   public:
    /// `words`: without the program's name. `commit`: as BuildFacts::ofThisProgram(). `libpqSettings`: variables of the caller
    /// for psql. Returns the exit status.
    static int run(std::vector<std::string> words, const std::string& commit, std::map<std::string, std::string> libpqSettings);
};

}  // namespace boxtest
