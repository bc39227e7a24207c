#include "cli/ScenariosProgram.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"

namespace boxtest {

std::filesystem::path findScenariosProgram() {
    const char* configured = std::getenv("BOXTEST_SCENARIOS");
    const bool isConfigured = configured && *configured;
    const auto program = isConfigured ? std::filesystem::path(configured)
                                      : files::linkTarget("/proc/self/exe").parent_path() / "boxtest-scenarios";
    if (::access(program.c_str(), X_OK) != 0)
        throw UsageError(fmt::format("the scenarios program '{}' {}", program.string(),
                                     isConfigured ? "that BOXTEST_SCENARIOS names is not there or cannot be executed"
                                                  : "is not there: build it (target boxtest-scenarios)"));
    return files::absolute(program);
}

Catalogue listScenarios(const std::filesystem::path& program, Deadline deadline, const FailureLatch* failure) {
    RunProgramOptions options;
    options.failure = failure;
    const auto listed = runProgram({program.string(), "--list-json"}, deadline, options);
    if (!listed.succeeded()) throw TransportError(fmt::format("'{} --list-json' {}", program.string(), listed.describe()));
    return Catalogue::parse(listed.out);
}

}  // namespace boxtest
