#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "BuildCommit.hpp"
#include "base/Surroundings.hpp"
#include "cli/Program.hpp"
#include "db/LibpqEnvironment.hpp"

int main(int argc, char** argv) {
    try {
        boxtest::normaliseSurroundings();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest: %s\n", error.what());
        return 3;
    }
    auto libpqSettings = boxtest::libpqSettingsOfUser(boxtest::clearLibpqEnvironment());
    boxtest::clearTestEnvironment();
    return boxtest::Program::run(std::vector<std::string>(argv + 1, argv + argc), BOXTEST_COMMIT, std::move(libpqSettings));
}
