#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "base/Log.hpp"
#include "reach/GuestConnections.hpp"
#include "schedule/HistoryFile.hpp"

namespace boxtest {

/// Connections that each scenario used when it last passed. The next run opens these ahead, before the scenario begins. A hint
/// only: a scenario opens by itself what is missing.
class ConnectionHistory {
   public:
    /// A scenario's value is a list of words: "TcpRefused.X":["admin","root"].
    explicit ConnectionHistory(std::filesystem::path file) : ConnectionHistory(HistoryFile(std::move(file))) {}

    /// In the user's cache folder.
    static ConnectionHistory ofUser();

    /// The connections that most scenarios use: a root shell.
    static GuestConnections ofMost() { return {GuestConnection::adminSession, GuestConnection::rootShell}; }

    /// Returns ofMost() for an unknown scenario.
    GuestConnections of(const std::string& scenario) const;
    void learn(const std::string& scenario, const GuestConnections& connections);
    /// Merges what was learned into the file, if anything changed. A write error is only logged.
    void save(Log& log);

   private:
    explicit ConnectionHistory(HistoryFile file);

    HistoryFile file_;
    std::map<std::string, GuestConnections> known_;
    std::map<std::string, GuestConnections> learned_;  ///< The entries that differ from the file.
};

}  // namespace boxtest
