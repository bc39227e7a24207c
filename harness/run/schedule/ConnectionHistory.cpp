#include "schedule/ConnectionHistory.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace boxtest {

ConnectionHistory::ConnectionHistory(HistoryFile file) : file_(std::move(file)) {
    file_.read([&](const std::string& scenario, const nlohmann::json& words) {
        known_[scenario] = connectionsOf(words.get<std::vector<std::string>>());
    });
}

ConnectionHistory ConnectionHistory::ofUser() { return ConnectionHistory(HistoryFile::ofUser("connections.json")); }

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
    auto learned = nlohmann::json::object();
    for (const auto& [scenario, connections] : std::exchange(learned_, {})) learned[scenario] = wordsOf(connections);
    file_.merge(learned, "what the scenarios used of their guests is", log);
}

}  // namespace boxtest
