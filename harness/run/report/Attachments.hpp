#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// The files that scenarios attach to a run's report: FOLDER/SUITE.NAME/FILE. The scenarios program writes them, and `boxtest
/// run` finds them there afterwards: attachments of a scenario that crashes later are not lost.
class Attachments {
   public:
    /// Does not create the folder.
    explicit Attachments(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// A file name consists of letters, digits, '.', '_' and '-', has at most 100 characters, and does not begin with a dot.
    /// Throws UsageError for any other name and for a name that the scenario has attached already; SystemError.
    void add(const std::string& scenario, const std::string& name, std::string_view content) const;

    /// Removes a scenario's attachments, because it runs again. Throws SystemError.
    void remove(const std::string& scenario) const;

    /// A scenario's attachments, sorted by name. Throws SystemError.
    std::vector<std::filesystem::path> of(const std::string& scenario) const;

   private:
    std::filesystem::path folder_;
};

}  // namespace boxtest
