#include "schedule/ConnectionHistory.hpp"

#include <exception>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/AtomicFile.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace {

constexpr int format = 1;

}  // namespace

ConnectionHistory::ConnectionHistory(std::filesystem::path file) : file_(std::move(file)), known_(read(file_)) {}

ConnectionHistory ConnectionHistory::ofUser() { return ConnectionHistory(cacheFolder() / "connections.json"); }

ConnectionHistory::Table ConnectionHistory::read(const std::filesystem::path& file) {
    Table table;
    try {
        const auto value = nlohmann::json::parse(readWholeFile(file));
        if (value.at("format") != format) return {};
        for (const auto& [scenario, words] : value.at("scenarios").items())
            table[scenario] = connectionsOf(words.get<std::vector<std::string>>());
    } catch (const std::exception&) {
        return {};
    }
    return table;
}

GuestConnections ConnectionHistory::of(const std::string& scenario) const {
    const auto found = known_.find(scenario);
    return found == known_.end() ? ofMost() : found->second;
}

void ConnectionHistory::learn(const std::string& scenario, const GuestConnections& connections) {
    const auto found = known_.find(scenario);
    if (found != known_.end() && found->second == connections) return;
    known_[scenario] = learned_[scenario] = connections;
}

void ConnectionHistory::save(Log& log) {
    if (learned_.empty()) return;
    auto all = read(file_);
    for (auto& [scenario, connections] : std::exchange(learned_, {})) all[scenario] = connections;
    nlohmann::json scenarios = nlohmann::json::object();
    for (const auto& [scenario, connections] : all) scenarios[scenario] = wordsOf(connections);
    try {
        files::makeFolders(file_.parent_path());
        writeFileAtomically(file_, nlohmann::json{{"format", format}, {"scenarios", scenarios}}.dump(1) + "\n", 0600);
    } catch (const std::exception& error) {
        log.line(std::string("what the scenarios used of their guests is not remembered: ") + error.what());
    }
}

}  // namespace boxtest
