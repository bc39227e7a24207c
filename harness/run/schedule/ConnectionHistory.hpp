#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/Log.hpp"
#include "reach/GuestConnections.hpp"

namespace boxtest {

/// Which connections to its guest each scenario used when it last passed, so that the next run makes those, and no others, before
/// the scenario begins. It saves time and means nothing else: a scenario makes what it lacks. A file that is not there, or cannot
/// be read, is an empty history; of two runs that end at once, one may be forgotten.
class ConnectionHistory {
   public:
    /// The file is JSON: {"format":1,"scenarios":{"TcpRefused.X":["admin","root"]}}
    explicit ConnectionHistory(std::filesystem::path file);

    /// In the user's cache folder.
    static ConnectionHistory ofUser();

    /// What most scenarios use: a shell of root's.
    static GuestConnections ofMost() { return {GuestConnection::adminSession, GuestConnection::rootShell}; }

    /// Of a scenario that it does not know: ofMost().
    GuestConnections of(const std::string& scenario) const;
    void learn(const std::string& scenario, const GuestConnections& connections);
    /// Writes what was learned, beside what others learned meanwhile, if anything is new. That it cannot is only logged.
    void save(Log& log);

   private:
    using Table = std::map<std::string, GuestConnections>;
    static Table read(const std::filesystem::path& file);

    std::filesystem::path file_;
    Table known_;
    Table learned_;  ///< Where it differs.
};

}  // namespace boxtest
