#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/Log.hpp"
#include "schedule/HistoryFile.hpp"

namespace boxtest {

/// How long each scenario took when it last passed, for estimates of how long a run takes. Only a hint.
class DurationHistory {
   public:
    /// A scenario's value is its seconds: "TcpRefused.X":3.2.
    explicit DurationHistory(std::filesystem::path file) : DurationHistory(HistoryFile(std::move(file))) {}

    /// In the user's cache folder.
    static DurationHistory ofUser();

    std::optional<std::chrono::duration<double>> of(const std::string& scenario) const;
    void learn(const std::string& scenario, std::chrono::duration<double> duration);
    /// Merges what was learned into the file. A write error is only logged.
    void save(Log& log);

   private:
    explicit DurationHistory(HistoryFile file);

    HistoryFile file_;
    std::map<std::string, double> known_;
    std::map<std::string, double> learned_;
};

}  // namespace boxtest
