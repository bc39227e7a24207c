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

/// How long one connection into the guest may take.
Deadline connectDeadline();

/// How scenarios reach the guest: one session per OS user, and one tunnel to PostgreSQL's socket over it, made when first
/// asked for and kept, because a connection costs a second without KVM. A session that ended is made again.
class RunningGuest {
   public:
    /// `failure`, when given, ends every wait on the guest, and must outlive the object.
    RunningGuest(Manifest manifest, Ports ports, SshTarget target, const FailureLatch* failure = nullptr);

    /// A machine that nobody forked or booted here: `login` makes its sessions, and its web is reached by tunnels of the admin's.
    /// The admin logs in at once.
    using Login = std::function<Session(const std::string& user)>;
    RunningGuest(Manifest manifest, Login login, const FailureLatch* failure = nullptr);

    const Manifest& manifest() const { return manifest_; }
    const Manifest::Names& names() const { return manifest_.names; }
    const Ports& ports() const { return ports_; }
    /// For whatever waits on this guest by itself; null when nothing tells of its end.
    const FailureLatch* failure() const { return failure_; }
    /// With all by which its SSH server is known to be this machine's.
    const SshTarget& sshTarget() const { return target_; }

    /// The user must have a key in the manifest (UsageError).
    Session& session(const std::string& user);
    /// The user's tunnel to PostgreSQL's socket.
    Tunnel& tunnel(const std::string& user);

    /// Over the user's own tunnel. Both throw as Database does.
    Database database(const std::string& user, const std::string& role, const std::string& database);
    ConnectOutcome attemptConnect(const std::string& user, const std::string& role, const std::string& database);
    /// As the admin, a superuser, in a database.
    Database adminDatabase(const std::string& database);

    /// A shell script run by root through the admin's sudo, in the C locale. Its stdin is options.input. Scripts without any
    /// input share one shell of root's, which is kept.
    CommandResult asRoot(const std::string& script, const RunOptions& options = {});
    /// The output of a script that must work; GuestError with what happened otherwise.
    std::string factsAsRoot(const std::string& script);

    /// The end of the guest's journal, by the shell of root's that is there already: nothing without one, because making one
    /// would change a machine on which something has just failed. Throws as RemoteShell::run().
    std::string journalNow(std::size_t lines, Deadline deadline);

    /// Makes those of these connections to the guest that are not there, and what they lead through: a shell of root's has got
    /// past sudo then. Throws what the first use of each would.
    void open(const GuestConnections& connections);
    /// What was used of them since the last call.
    GuestConnections takeUsed() { return std::exchange(used_, {}); }

    /// Forgets all sessions and tunnels, which are made anew when next asked for. What a scenario still holds of them is over.
    void disconnect() { reached_.clear(); }
    /// After something was restarted: returns when the guest is as ready as after its boot. Throws as Readiness::wait().
    void waitUntilReady(Deadline deadline);

    /// The path of a Python 3 in the guest: Odoo and pgAdmin bring one, whatever the flavour. GuestError when neither runs.
    const std::string& python();
    /// The script by which it is found.
    static std::string pythonScript(const Manifest& manifest);

    /// A new client each, without cookies.
    HttpClient http() const;
    OdooClient odoo() const;
    PgadminClient pgadmin() const;

   private:
    struct Reached {
        Session session;
        std::optional<Tunnel> tunnel;
        std::optional<RemoteShell> rootShell;  ///< The admin's.
        std::vector<Tunnel> web;               ///< The admin's, to a machine without forwarded ports.
    };
    Reached& reached(const std::string& user);
    /// Through the admin's session, which must be new.
    void openWeb(Reached& way);
    bool hasRootShell() const;
    RemoteShell& rootShell();
    /// When the user is one of the two whose connections can be made ahead.
    void noteUse(const std::string& user, GuestConnection admins, GuestConnection handymans);

    Manifest manifest_;
    Ports ports_;
    SshTarget target_;
    const FailureLatch* failure_;
    Login login_;  ///< Empty: sessions are made by target_ and the manifest's keys.
    std::map<std::string, Reached> reached_;
    GuestConnections used_;
    std::string python_;
    std::string noPython_;  ///< Of a machine in use, which is asked once: why there is none.
};

/// An SQL identifier in double quotes.
std::string quoteName(const std::string& name);
/// An SQL string literal in single quotes.
std::string quoteText(const std::string& text);

}  // namespace boxtest
