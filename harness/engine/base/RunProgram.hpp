#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/ExitStatus.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

struct CapturedOutput {
    ExitStatus status;
    std::string out;
    std::string err;

    bool succeeded() const { return status.succeeded(); }

    /// For messages: how the program ended, and the end of its stderr (or of its stdout, when stderr is empty).
    std::string describe() const;
};

struct RunProgramOptions {
    std::string input = {};
    std::map<std::string, std::string> environment = {};
    std::filesystem::path folder = {};
    const FailureLatch* failure = nullptr;
};

/// Runs a program to its end, collects its output, and ends all processes left in its process group. Throws TimeoutError with the
/// end of the output so far when the deadline passes (the program is ended), GuestError when the latch was declared. An exit
/// status other than 0 is a value, not an error.
CapturedOutput runProgram(const std::vector<std::string>& argv, Deadline deadline, const RunProgramOptions& options = {});

/// The path of a program in PATH (a name with a slash is returned unchanged), or nullopt when there is no such executable.
std::optional<std::filesystem::path> findProgram(const std::string& name);

}  // namespace boxtest
