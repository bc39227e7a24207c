#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/FailureLatch.hpp"
#include "db/Database.hpp"
#include "manifest/Manifest.hpp"
#include "reach/GuestConnections.hpp"
#include "ssh/RemoteShell.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "vm/Ports.hpp"
#include "web/OdooClient.hpp"
#include "web/PgadminClient.hpp"

namespace boxtest {

/// Deadline for one connection into the guest.
Deadline connectDeadline();

/// A scenario's connections to the guest: one session per OS user, and one tunnel to PostgreSQL's socket over it. Each is opened
/// on first use and then reused, because a connection takes a second without KVM. A session that ended is opened again.
class RunningGuest {
   public:
    /// `failure`, if given, ends every wait on the guest, and must outlive the object.
    RunningGuest(Manifest manifest, Ports ports, SshTarget target, const FailureLatch* failure = nullptr);

    /// For a machine in use: `login` opens its sessions, and its web servers are reached through tunnels of the admin's session.
    /// Logs in as the admin at once.
    using Login = std::function<Session(const std::string& user)>;
    RunningGuest(Manifest manifest, Login login, const FailureLatch* failure = nullptr);

    const Manifest& manifest() const { return manifest_; }
    const Manifest::Names& names() const { return manifest_.names; }
    const Ports& ports() const { return ports_; }
    /// For code that waits on this guest by itself; null if nothing reports the guest's end.
    const FailureLatch* failure() const { return failure_; }
    /// Includes what identifies its SSH server as this machine's.
    const SshTarget& sshTarget() const { return target_; }

    /// The user must have a key in the manifest (UsageError).
    Session& session(const std::string& user);
    /// The user's tunnel to PostgreSQL's socket.
    Tunnel& tunnel(const std::string& user);

    /// Connects over the user's own tunnel. Both throw as Database does.
    Database database(const std::string& user, const std::string& role, const std::string& database);
    ConnectOutcome attemptConnect(const std::string& user, const std::string& role, const std::string& database);
    /// Connects to a database as the admin, a superuser.
    Database adminDatabase(const std::string& database);

    /// Runs a shell script as root through the admin's sudo, in the C locale. Its stdin is options.input. Scripts without any
    /// input share one root shell, which stays open.
    CommandResult asRoot(const std::string& script, const RunOptions& options = {});
    /// Returns the output of a script that must succeed; throws GuestError with the details if it fails.
    std::string factsAsRoot(const std::string& script);

    /// The end of the guest's journal, read through the existing root shell. Empty if there is no root shell: to open one would
    /// change a machine on which something has just failed. Throws as RemoteShell::run().
    std::string journalNow(std::size_t lines, Deadline deadline);

    /// Opens those of the given connections that are not open yet, and the connections that they depend on. A root shell is
    /// opened past sudo, ready for commands. Throws what the first use of each would throw.
    void open(const GuestConnections& connections);
    /// The connections used since the last call.
    GuestConnections takeUsed() { return std::exchange(used_, {}); }

    /// Drops all sessions and tunnels; the next use opens new ones. References that a scenario still holds become invalid.
    void disconnect() { reached_.clear(); }
    /// For use after a restart of something: returns when the guest is as ready as after its boot. Throws as Readiness::wait().
    void waitUntilReady(Deadline deadline);

    /// Path of a Python 3 in the guest: Odoo and pgAdmin bring one in every flavour. Throws GuestError when neither runs.
    const std::string& python();
    /// The script that finds the path.
    static std::string pythonScript(const Manifest& manifest);

    /// Each call returns a new client without cookies.
    HttpClient http() const;
    OdooClient odoo() const;
    PgadminClient pgadmin() const;

   private:
    struct Reached {
        Session session;
        std::optional<Tunnel> tunnel;
        std::optional<RemoteShell> rootShell;  ///< Only for the admin.
        std::vector<Tunnel> web;               ///< Only for the admin, on a machine without forwarded ports.
    };
    Reached& reached(const std::string& user);
    /// Opens the web tunnels through the admin's session, which must be new.
    void openWeb(Reached& way);
    bool hasRootShell() const;
    RemoteShell& rootShell();
    /// Records the use if the user is the admin or the handyman: only their connections can be opened ahead.
    void noteUse(const std::string& user, GuestConnection admins, GuestConnection handymans);

    Manifest manifest_;
    Ports ports_;
    SshTarget target_;
    const FailureLatch* failure_;
    Login login_;  ///< Empty: target_ and the manifest's keys are used for sessions.
    std::map<std::string, Reached> reached_;
    GuestConnections used_;
    std::string python_;
    std::string noPython_;  ///< For a machine in use, which is searched only once: why there is no Python.
};

/// An SQL identifier in double quotes.
std::string quoteName(const std::string& name);
/// An SQL string literal in single quotes.
std::string quoteText(const std::string& text);

}  // namespace boxtest
