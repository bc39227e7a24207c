#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "Facts.hpp"
#include "OpensshClient.hpp"
#include "ProcNet.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "SshOffer.hpp"
#include "Survey.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "machine/SshFiles.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class SshKeyOnly : public Scenario {
   protected:
    static std::set<std::string> people() {
        std::set<std::string> all;
        for (const auto& [user, key] : manifest().ssh.privateKeys) all.insert(user);
        return all;
    }

    /// Users who must not log in: root, and every user that runs a service.
    static std::set<std::string> outsiders() {
        std::set<std::string> all{"root", names().superuser};
        for (const Manifest::Service& service : manifest().services.all()) all.insert(service.user);
        return all;
    }

    static Deadline patiently() { return Deadline::in(std::chrono::minutes(2)); }

    /// The line for an authorized_keys file.
    static std::string publicKeyOf(const std::string& owner) {
        const TemporaryFolder folder("key");
        const auto key = folder.path() / putKey(manifest().ssh, owner, folder.path());
        const auto shown = runProgram({"ssh-keygen", "-y", "-f", key.string()}, patiently());
        if (!shown.succeeded()) throw GuestError("cannot tell the key of " + owner + ": " + shown.describe());
        return shown.out;
    }

    /// Whether the owner's key from the manifest is refused for a login as the user.
    static testing::AssertionResult refused(const std::string& user, const std::string& owner) {
        try {
            const auto session =
                Session::connect(guest().sshTarget(), user, manifest().ssh.keyOf(owner), patiently(), guest().failure());
            return testing::AssertionFailure() << owner << "'s key logs in as " << user;
        } catch (const AuthenticationError& error) {
            if (error.offeredMethods() == std::vector<std::string>{"publickey"}) return testing::AssertionSuccess();
            return testing::AssertionFailure()
                   << user << " is offered something else than a key: " << testing::PrintToString(error.offeredMethods());
        }
    }

    /// Keyword -> values; all values of keywords that occur several times.
    using Settings = std::map<std::string, std::vector<std::string>>;

    /// The output of `sshd -T` in general (under "") and for connections of each of these users.
    static std::map<std::string, Settings> settingsFor(const std::set<std::string>& users) {
        std::string script = "set -e; echo '== '; sshd -T\n";
        for (const auto& user : users)
            script += fmt::format("echo '== '{}; sshd -T -C {}\n", Session::quote(user),
                                  Session::quote("user=" + user + ",host=localhost,addr=127.0.0.1"));
        const auto answers = Sections::parse(guest().factsAsRoot(script));
        std::map<std::string, Settings> all;
        for (const auto& whom : answers.namesAfter("")) {
            for (const auto& line : answers.lines(whom)) {
                const auto space = std::min(line.find(' '), line.size());
                all[whom][line.substr(0, space)].push_back(space < line.size() ? line.substr(space + 1) : "");
            }
        }
        return all;
    }
};

SCENARIO(SshKeyOnly, AKeyIsAllThatAnybodyIsOffered, Effect::reads, .parallel = true,
         .notLive = "refused logins are no reads: sshd would shut the verifier out") {
    ASSERT_TRUE(guest().session(names().admin).alive());
    auto users = outsiders();
    users.merge(people());
    users.insert("boxtest-nobody");
    Facts facts;
    for (const auto& user : users)
        facts.that(Session::offeredMethods(guest().sshTarget(), user, patiently(), guest().failure()),
                   testing::ElementsAre("publickey"), user);
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, NobodyHasAPasswordAtAll, Effect::reads, .parallel = true) {
    Facts facts;
    const auto lines = splitLines(guest().factsAsRoot("cat /etc/shadow"));
    for (const auto& line : lines) {
        const auto fields = splitAt(line, ':');
        ASSERT_GE(fields.size(), 2U) << "a line of /etc/shadow";
        facts.expect(fields[1].starts_with("!") || fields[1].starts_with("*"),
                     fields[0] + (fields[1].empty() ? " needs no password" : " has a password"));
    }
    facts.expect(std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("root:"); }),
                 "not even root stands in /etc/shadow: the probe is blind");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, EveryKeyAndEverySettingThatLetsSomebodyInIsKnown, Effect::reads, .parallel = true,
         .notLive = "it needs to know the keys of all people") {
    const auto survey = Survey::ofAccounts(guest());
    attach("accounts.txt", survey.text());
    EXPECT_THAT(survey.findings(), IsEmpty());
}

SCENARIO(SshKeyOnly, AKeyPutIntoPlaceLetsNoServiceAndNoRootIn, Effect::rollsBack, .parallel = true,
         .notLive = "refused logins are no reads: sshd would shut the verifier out") {
    // An intruder with a service's privileges can write the file that sshd would read. Login, and so forwarding, must fail with
    // it. The handyman's file shows that path and key are right.
    auto users = outsiders();
    users.insert(names().handyman);
    const auto key = publicKeyOf(names().admin);
    std::string who = "set --";
    for (const auto& user : users) who += " " + Session::quote(user);
    // For each changed file, $before contains a copy of it, or a line that names what was created.
    const auto forEachFile = who + R"sh(
set -eu
before=/run/boxtest-keys
each() {
  for user; do
    home=$(getent passwd "$user" | cut -d: -f6) group=$(id -g "$user")
    sshd -T -C "user=$user,host=localhost,addr=127.0.0.1" >"$before/settings"
    for file in $(sed -n 's/^authorizedkeysfile //p' "$before/settings"); do
      case $file in none) continue ;; esac
      file=$(printf '%s\n' "$file" | sed "s#%h#$home#g;s#%u#$user#g;s#%U#$(id -u "$user")#g")
      case $file in /*) ;; *) file=$home/$file ;; esac
      # A second name for the first, of OpenSSH's defaults.
      case $file in *authorized_keys2) continue ;; esac
      copy=$before/$(printf '%s\n' "$file" | tr / _)
      "$action"
    done
  done
}
)sh";
    const auto put = forEachFile + fmt::format(R"sh(
put() {{
  folder=$(dirname "$file")
  if ! test -d "$folder"; then
    made=$folder
    while ! test -d "$(dirname "$made")"; do made=$(dirname "$made"); done
    # Where not even root may make it, nobody can: an immutable folder.
    mkdir -p "$folder" 2>/dev/null || return 0
    echo "$made" >"$copy.made"
    chown -R "$user:$group" "$made"
    chmod 700 "$folder"
  fi
  if test -e "$file"; then cp -pL "$file" "$copy"; fi
  {{ if test -e "$file"; then cat "$file"; fi; echo {}; }} >"$before/new"
  # In the place of a link into somewhere that nobody writes, too.
  rm -f "$file"
  cp "$before/new" "$file"
  # In a folder that is root's a file of the user's is as good for sshd.
  chown "$user:$group" "$file"
  chmod 600 "$file"
  echo "$user" >>"$before/put"
}}
mkdir -m 700 "$before"
action=put
each "$@"
cat "$before/put"
)sh",
                                               Session::quote(std::string(splitLines(key).at(0))));
    const auto restore = forEachFile + R"sh(
restore() {
  rm -f "$file"
  if test -e "$copy"; then mv "$copy" "$file"; fi
  if test -e "$copy.made"; then rm -rf "$(cat "$copy.made")"; fi
}
action=restore
each "$@"
rm -r "$before"
)sh";
    const auto reached = splitLines(guest().factsAsRoot(put));
    Facts facts;
    for (const auto& user : outsiders()) facts.expect(refused(user, names().admin), user);
    const auto control = refused(names().handyman, names().admin);
    facts.that(OpensshClient(guest()).tunnelOnly(names().odoo, names().admin),
               testing::HasSubstr("Permission denied (publickey)"), "ssh -N -L as Odoo");
    facts.equal(std::string("in\n"), OpensshClient(guest()).tunnelOnly(names().handyman, names().admin),
                "ssh -N -L as the handyman");
    guest().factsAsRoot(restore);
    for (const auto& user : {names().handyman, names().odoo, std::string("root")})
        EXPECT_THAT(reached, testing::Contains(user)) << "no key was put for " << user;
    EXPECT_FALSE(control) << "not even the handyman gets in by a key put there: the attack is not the right one";
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, RootIsRefusedWithEveryKeyThereIs, Effect::reads, .parallel = true,
         .notLive = "refused logins are no reads: sshd would shut the verifier out") {
    Facts facts;
    for (const auto& owner : people()) facts.expect(refused("root", owner), "root");
    EXPECT_TRUE(facts.hold());
    EXPECT_TRUE(guest().session(names().admin).alive());
}

SCENARIO(SshKeyOnly, ThereIsOneDoor, Effect::reads, .parallel = true) {
    // Whatever its name, and whatever its address family.
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"door", "process"}), IsEmpty()) << "a further door, perhaps to sshd";
    const auto sections = Sections::parse(guest().factsAsRoot(R"sh(
echo '== tcp'; cat /proc/1/net/tcp /proc/1/net/tcp6
echo '== sockets'; systemctl show -p Triggers,Listen --value -- '*.socket' | sed -n '/[Ss][Ss][Hh]/p'
echo '== generated'; for folder in /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late; do
  if test -d "$folder"; then find "$folder" -iname '*ssh*'; fi
done)sh"));
    EXPECT_THAT(sections.lines("sockets"), IsEmpty()) << "systemd opens a door to sshd";
    EXPECT_THAT(sections.lines("generated"), IsEmpty()) << "systemd's ssh generator was at work";
    auto& session = guest().session(names().admin);
    EXPECT_FALSE(session.tryUnixSocket("/run/ssh-unix-local/socket"));
    // Finds services that send an SSH banner, on any port. This text makes a web or name server end the conversation at once.
    const std::string nonsense("\0\0\r\n\r\n", 6);
    std::set<std::string> doors, asked;
    for (const auto& socket : parseProcNet(sections.at("tcp"))) {
        const auto door = fmt::format("{} {}", socket.reachableAt(), socket.port);
        if (!socket.listening || !asked.insert(door).second) continue;
        const auto probe = session.probeTcp(socket.reachableAt(), socket.port, nonsense, Deadline::in(std::chrono::seconds(30)));
        ASSERT_EQ(toString(probe.connection.answer), toString(TcpAnswer::open)) << door << ": " << probe.connection.text;
        ASSERT_TRUE(probe.ended || !probe.answer.empty()) << door << " said nothing, so that it cannot be judged";
        if (probe.answer.starts_with("SSH-")) doors.insert(door);
    }
    const auto port = std::to_string(manifest().ssh.port);
    EXPECT_THAT(doors, testing::Contains("127.0.0.1 " + port)) << "not even sshd greets: the probe is blind";
    EXPECT_THAT(doors, testing::IsSubsetOf({"127.0.0.1 " + port, "::1 " + port}));
}

SCENARIO(SshKeyOnly, TheServersSettingsLeaveNoOtherWay, Effect::reads, .parallel = true) {
    const std::map<std::string, std::string> wanted{{"port", std::to_string(manifest().ssh.port)},
                                                    {"pubkeyauthentication", "yes"},
                                                    {"authenticationmethods", "publickey"},
                                                    {"passwordauthentication", "no"},
                                                    {"kbdinteractiveauthentication", "no"},
                                                    {"permitemptypasswords", "no"},
                                                    {"hostbasedauthentication", "no"},
                                                    {"gssapiauthentication", "no"},
                                                    {"kerberosauthentication", "no"},
                                                    {"permitrootlogin", "no"},
                                                    {"strictmodes", "yes"},
                                                    {"permituserenvironment", "no"},
                                                    {"authorizedkeyscommand", "none"},
                                                    {"trustedusercakeys", "none"},
                                                    {"permituserrc", "no"},
                                                    {"allowtcpforwarding", "local"},
                                                    {"requiredrsasize", "3072"},
                                                    {"allowstreamlocalforwarding", "local"},
                                                    {"streamlocalbindunlink", "no"},
                                                    {"permitlisten", "none"},
                                                    {"gatewayports", "no"},
                                                    {"permittunnel", "no"},
                                                    {"allowagentforwarding", "no"},
                                                    {"x11forwarding", "no"}};
    Facts facts;
    const auto hold = [&](const std::string& whom, const Settings& found) {
        for (const auto& [keyword, value] : wanted) {
            const auto at = found.find(keyword);
            // A server that was built without a method does not support its keyword.
            if (at == found.end() && (keyword.starts_with("gssapi") || keyword.starts_with("kerberos"))) continue;
            facts.equal(std::vector{value}, at == found.end() ? std::vector<std::string>{} : at->second, whom + keyword);
        }
        std::set<std::string> allowed;
        if (const auto at = found.find("allowusers"); at != found.end()) allowed.insert(at->second.begin(), at->second.end());
        facts.equal(people(), allowed, whom + "allowusers");
        // The admin's tunnels reach everything; all other users' tunnels reach PostgreSQL's socket only.
        const auto opens = found.find("permitopen");
        const auto wantedOpens =
            whom == names().admin + ": " ? std::string("any") : "[" + manifest().postgresql.socketPath() + "]:*";
        facts.equal(std::vector{wantedOpens}, opens == found.end() ? std::vector<std::string>{} : opens->second,
                    whom + "permitopen");
    };
    // A Match block may have different settings for some users.
    auto users = outsiders();
    users.merge(people());
    const auto all = settingsFor(users);
    hold("", all.at(""));
    for (const auto& user : users) hold(user + ": ", all.at(user));
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, KeysAreTakenFromRootsFoldersOnly, Effect::reads, .parallel = true) {
    Facts facts;
    facts.expect(rootsAlone({"/etc/ssh/sshd_config"}), "sshd's configuration");
    for (const auto& [whom, settings] : settingsFor(people())) {
        const auto& line = settings.at("authorizedkeysfile");
        ASSERT_EQ(line.size(), 1U);
        const auto files = splitWords(line.front());
        ASSERT_FALSE(files.empty());
        for (const auto& file : files) {
            const auto what = "AuthorizedKeysFile " + file + (whom.empty() ? "" : " of " + whom);
            // A relative path is in the user's own home. A name with a placeholder does not exist yet.
            facts.expect(file.starts_with('/'), what + " is the user's own to write");
            if (!file.starts_with('/')) continue;
            auto place = file;
            if (const auto at = place.find("%u"); at != std::string::npos) place.replace(at, 2, names().handyman);
            facts.expect(rootsAlone({place}), what);
        }
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, AKeyInSomebodysOwnHomeOpensNothing, Effect::rollsBack, .parallel = true,
         .notLive = "refused logins are no reads: sshd would shut the verifier out") {
    // Anybody who can write in a home (for example an intruder in the handyman's session) could otherwise create persistent
    // access.
    ASSERT_FALSE(refused(names().handyman, names().handyman)) << "not even her own key opens the handyman's account";
    const auto key = publicKeyOf(names().admin);
    const auto put = guest()
                         .session(names().handyman)
                         .run({"sh", "-euc", R"sh(
umask 077
mkdir "$HOME/.ssh"
cat >"$HOME/.ssh/authorized_keys"
cp "$HOME/.ssh/authorized_keys" "$HOME/.ssh/authorized_keys2"
)sh"},
                              {.input = key, .deadline = patiently()});
    ASSERT_TRUE(put.succeeded()) << put.describe();
    EXPECT_TRUE(refused(names().handyman, names().admin)) << "a key in her own home lets its owner in";
    EXPECT_TRUE(guest().session(names().handyman).run({"sh", "-c", "rm -r \"$HOME/.ssh\""}).succeeded());
}

SCENARIO(SshKeyOnly, NoWeakAlgorithmIsOffered, Effect::reads, .parallel = true) {
    const auto probe = guest()
                           .session(names().admin)
                           .probeTcp("127.0.0.1", manifest().ssh.port, SshOffer::request(), patiently(), std::size_t{1} << 16);
    ASSERT_EQ(toString(probe.connection.answer), toString(TcpAnswer::open)) << probe.connection.text;
    const auto offer = SshOffer::parse(probe.answer);
    Facts facts;
    for (const auto* list : {&offer.keyExchange, &offer.hostKeys, &offer.ciphers, &offer.macs}) {
        ASSERT_FALSE(list->empty());
        for (const auto& algorithm : *list)
            facts.expect(weaknessOf(algorithm).empty(), algorithm + ": " + std::string(weaknessOf(algorithm)));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, TunnelsBeginAtTheClientOnly, Effect::changes, .parallel = true) {
    Facts facts;
    for (const auto& user : people()) {
        auto& session = guest().session(user);
        const auto mayReachPorts = user == names().admin;
        facts.equal(toString(mayReachPorts ? TcpAnswer::open : TcpAnswer::prohibited),
                    toString(session.tryDirectTcpip("127.0.0.1", manifest().ssh.port).answer), user + ": a tunnel to a port");
        facts.expect(session.tryUnixSocket(manifest().postgresql.socketPath()), user + ": a tunnel to PostgreSQL's socket");
        // The mode of this socket lets every user of the machine connect.
        facts.equal(mayReachPorts, session.tryUnixSocket("/run/systemd/journal/stdout"), user + ": a tunnel to another socket");
        const auto answers = OpensshClient(guest()).forwardings(user);
        facts.equal(std::string("in"), answers.line("environment"), user + ": what is the client's");
        for (const auto* what : {"port", "socket", "device"})
            facts.equal(std::string("refused"), answers.line(what), user + " has one opened on the machine: " + what);
        // Last, because sshd may not have closed yet what it opened for the requests above.
        facts.equal(std::string("in, has an agent, has a display"), answers.line("granted"),
                    user + ": not granted either where it should be, so that no refusal proves anything; the client said: " +
                        answers.at("granted"));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, SudoIsTheAdminsAlone, Effect::reads, .parallel = true, .handyman = true) {
    const auto root = guest().session(names().admin).run({"sudo", "-n", "id", "-un"});
    EXPECT_EQ(root.out, "root\n") << root.describe();
    const auto handyman = guest().session(names().handyman).run({"sudo", "-n", "id", "-un"});
    EXPECT_FALSE(handyman.succeeded()) << handyman.describe();
    EXPECT_EQ(handyman.out, "");
    Facts facts;
    const auto rules = Sections::parse(guest().factsAsRoot(
        R"sh(for user in $(getent passwd | cut -d: -f1); do echo "== $user"; sudo -n -l -U "$user" 2>&1; done; true)sh"));
    for (const auto& user : rules.namesAfter("")) {
        const bool may = user == "root" || user == names().admin;
        facts.that(rules.at(user), testing::HasSubstr(may ? "may run the following" : "is not allowed to run sudo"), user);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SshKeyOnly, TheDaemonIsTheOneThatWasBuilt, Effect::reads, .parallel = true,
         .notLive = "it needs the checksums that the guest's builder recorded") {
    EXPECT_THAT(Survey::ofPrograms(guest(), {"sshd"}).findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
