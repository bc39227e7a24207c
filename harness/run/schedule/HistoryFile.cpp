#include "schedule/HistoryFile.hpp"

#include <fmt/format.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace {

constexpr int historyFormat = 1;

}  // namespace

HistoryFile::HistoryFile(std::filesystem::path file) : file_(std::move(file)) {}

HistoryFile HistoryFile::ofUser(std::string_view name) { return HistoryFile(cacheFolder() / name); }

nlohmann::json HistoryFile::scenarios() const {
    try {
        const auto value = nlohmann::json::parse(readWholeFile(file_));
        if (value.at("format") == historyFormat && value.at("scenarios").is_object()) return value.at("scenarios");
    } catch (const std::exception&) {
        // As if there were no file.
    }
    return nlohmann::json::object();
}

void HistoryFile::read(const std::function<void(const std::string&, const nlohmann::json&)>& take) const {
    const auto all = scenarios();
    for (const auto& [scenario, value] : all.items()) {
        try {
            take(scenario, value);
        } catch (const std::exception&) {
            // As if it were not there.
        }
    }
}

void HistoryFile::merge(const nlohmann::json& learned, std::string_view what, Log& log) const {
    try {
        auto all = scenarios();
        all.update(learned);
        files::makeFolders(file_.parent_path());
        writeFileAtomically(file_, nlohmann::json{{"format", historyFormat}, {"scenarios", std::move(all)}}.dump(1) + "\n", 0600);
    } catch (const std::exception& error) {
        log.line(fmt::format("{} not remembered: {}", what, error.what()));
    }
}

}  // namespace boxtest
