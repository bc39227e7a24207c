#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// The files that scenarios give to a run's report: FOLDER/SUITE.NAME/FILE. The scenarios program writes them, `boxtest run`
/// finds them there afterwards: what a scenario attached before it crashed is not lost.
class Attachments {
   public:
    /// Nothing is made here.
    explicit Attachments(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The file's name is of letters, digits, '.', '_' and '-', at most 100 of them, and begins with no dot. UsageError for
    /// another, and for one that the scenario has attached already; SystemError.
    void add(const std::string& scenario, const std::string& name, std::string_view content) const;

    /// What a scenario attached, by name. SystemError.
    std::vector<std::filesystem::path> of(const std::string& scenario) const;

   private:
    std::filesystem::path folder_;
};

}  // namespace boxtest
