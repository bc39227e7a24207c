#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/Log.hpp"

namespace boxtest {

/// A file in which runs store one value for each scenario, as hints for later runs:
/// {"format":1,"scenarios":{"TcpRefused.X":VALUE}}. A missing or unreadable file is an empty history. When two runs end at the
/// same time, the values of one may be lost.
class HistoryFile {
   public:
    explicit HistoryFile(std::filesystem::path file);

    /// A file of this name in the user's cache folder.
    static HistoryFile ofUser(std::string_view name);

    /// Calls `take` with each scenario and its value. If `take` throws, this value counts as missing.
    void read(const std::function<void(const std::string& scenario, const nlohmann::json& value)>& take) const;
    /// Replaces the values of the scenarios in `learned`, an object, and keeps all other values. An error is only logged: "`what`
    /// not remembered: ...".
    void merge(const nlohmann::json& learned, std::string_view what, Log& log) const;

   private:
    nlohmann::json scenarios() const;

    std::filesystem::path file_;
};

}  // namespace boxtest
