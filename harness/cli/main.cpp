#include <csignal>
#include <string>
#include <vector>

#include "cli/Program.hpp"
#include "db/LibpqEnvironment.hpp"

int main(int argc, char** argv) {
    // A reader that goes away (head, a closed connection) is an error where it matters, never a sudden death.
    std::signal(SIGPIPE, SIG_IGN);
    boxtest::clearLibpqEnvironment();
    return boxtest::Program::run(std::vector<std::string>(argv + 1, argv + argc));
}
