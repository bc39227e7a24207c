#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/Log.hpp"
#include "reach/GuestConnections.hpp"

namespace boxtest {

/// Connections that each scenario used when it last passed. The next run opens these ahead, before the scenario begins. A hint
/// only: a scenario opens by itself what is missing. A missing or unreadable file is an empty history; when two runs end at the
/// same time, the history of one may be lost.
class ConnectionHistory {
   public:
    /// The file is JSON: {"format":1,"scenarios":{"TcpRefused.X":["admin","root"]}}
    explicit ConnectionHistory(std::filesystem::path file);

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
    using Table = std::map<std::string, GuestConnections>;
    static Table read(const std::filesystem::path& file);

    std::filesystem::path file_;
    Table known_;
    Table learned_;  ///< The entries that differ from the file.
};

}  // namespace boxtest
