/// Compares what `boxtest verify` sends to the shells of a machine, as its SSH server receives it, with what is declared.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string_view>

#include "DeclaredAsks.hpp"
#include "base/AtomicFile.hpp"
#include "base/ShellQuote.hpp"
#include "live/BoxNames.hpp"
#include "live/LiveMachine.hpp"
#include "machine/VerifyFixture.hpp"
#include "sabotage/SabotageCatalogue.hpp"
#include "sabotage/SabotageScript.hpp"

namespace boxtest {
namespace {

using testing::StartsWith;

/// One command, in the form in which commands are declared.
struct Logged {
    std::string who;
    std::string what;
};

constexpr std::string_view rootShell = "sudo -n -- /bin/sh";
constexpr std::string_view language = "export LC_ALL=C; ";

/// Removes the first word from a shell line and returns it unquoted, as it was before shellQuote().
std::string takeWord(std::string_view& line) {
    std::string word;
    while (!line.empty() && line.front() != ' ') {
        const bool quoted = line.front() == '\'';
        if (quoted || line.front() == '\\') line.remove_prefix(1);
        const auto end = quoted ? line.find('\'') : std::size_t{1};
        if (end > line.size()) return {};
        word += line.substr(0, end);
        line.remove_prefix(std::min(end + (quoted ? 1 : 0), line.size()));
    }
    return word;
}

/// The scripts that one shell of root received, in order (RemoteShell).
std::vector<std::string> scriptsIn(std::string_view input) {
    constexpr std::string_view begin = "/bin/sh -c ";
    std::vector<std::string> scripts;
    while (!input.empty()) {
        EXPECT_THAT(std::string(input.substr(0, 80)), StartsWith(std::string(begin)));
        if (!input.starts_with(begin)) break;
        input.remove_prefix(begin.size());
        auto script = takeWord(input);
        EXPECT_THAT(script, StartsWith(std::string(language)));
        scripts.push_back(script.substr(std::min(language.size(), script.size())));
        input.remove_prefix(std::min(input.find('\n') + 1, input.size()));
    }
    return scripts;
}

class VerifyAndTheShell : public VerifyOfAGuest {
   protected:
    /// Makes the SSH server log each later command and all of its input, in separate files.
    void logCommands() {
        const Sabotage logging{.id = "log",
                               .act = R"(
mkdir -m 1777 /run/boxtest-log
cat >/run/boxtest-logger <<'L'
number=$(cut -d' ' -f22 /proc/$$/stat)-$$
id -un >/run/boxtest-log/$number.who
printf %s "$SSH_ORIGINAL_COMMAND" >/run/boxtest-log/$number.command
tee /run/boxtest-log/$number.input | "$SHELL" -c "$SSH_ORIGINAL_COMMAND"
L
chmod 644 /run/boxtest-logger
sshd_first 'ForceCommand /bin/sh /run/boxtest-logger'
)",
                               .check = R"(sshd_says "$admin" 'forcecommand /bin/sh /run/boxtest-logger')"};
        const auto catalogue = SabotageCatalogue::load(paths::source("tests/sabotage"));
        const auto done = guest().asRoot(sabotageScript(logging, catalogue.functions(), guest().manifest()));
        ASSERT_TRUE(done.succeeded()) << done.describe();
    }

    /// What `verify` sent. Only its commands begin with LiveMachine::lowestPriority.
    std::vector<Logged> logged() {
        const auto files = guest().factsAsRoot("cd /run/boxtest-log && ls -1 | sed -n 's/[.]command$//p' | sort -n");
        std::vector<Logged> all;
        std::istringstream names(files);
        for (std::string name; std::getline(names, name);) {
            const auto read = [&](const std::string& what) {
                return guest().factsAsRoot("cat /run/boxtest-log/" + shellQuote(name + "." + what));
            };
            auto command = read("command");
            const std::string_view priority = LiveMachine::lowestPriority;
            if (!command.starts_with(priority)) continue;
            command.erase(0, priority.size());
            const auto input = read("input");
            if (command == rootShell) {
                for (auto& script : scriptsIn(input)) all.push_back({"root", std::move(script)});
                continue;
            }
            auto who = read("who");
            who.pop_back();
            all.push_back({std::move(who), input.empty() ? command : command + "\n--- its input:\n" + input});
        }
        return all;
    }

    /// Commands of `verify` itself, outside the scenarios: `boxtest verify --dry-run` prints them first.
    bool isVerifysOwn(const Logged& one) {
        return one.what == std::string("cat ") + BoxNames::file || one.what.starts_with("systemd-cat -t boxtest ") ||
               one.what == RunningGuest::pythonScript(guest().manifest());
    }
};

TEST_F(VerifyAndTheShell, TheShellIsGivenTheDeclaredScriptsAndNoOthers) {
    writeFileAtomically(file("box.json"), guest().factsAsRoot(std::string("cat ") + BoxNames::file), 0600);
    const auto manifest = BoxNames::load(file("box.json")).manifest();
    logCommands();
    const auto run = verify({"tcp-refused:peer-auth:admin-psql:apps-use-socket:services-daemon-users:handyman-no-os", "--json",
                             file("results.json").string()});
    // Scenarios may detect the forced command of sshd and fail: status 1.
    ASSERT_LE(run.status.code, 1) << run.out << run.err;

    std::map<std::string, DeclaredAsks> declared;
    std::set<std::string> passed;
    const auto report = nlohmann::json::parse(readWholeFile(file("results.json")));
    for (const auto& claim : report["claims"]) {
        for (const auto& scenario : claim["scenarios"]) {
            const auto name = scenario["scenario"].get<std::string>();
            auto asks = DeclaredAsks::of(name, manifest);
            ASSERT_TRUE(asks) << name;
            declared.emplace(name, std::move(*asks));
            if (scenario["verdict"] == "passed") passed.insert(name);
        }
    }
    ASSERT_GE(passed.size(), 20U) << run.out;

    const auto all = logged();
    std::size_t own = 0;
    for (const auto& one : all) {
        bool known = isVerifysOwn(one);
        own += known ? 1 : 0;
        for (auto& [name, asks] : declared) known = asks.takes("command", one.who, one.what) || known;
        EXPECT_TRUE(known) << "sent to the shell by " << one.who << ", and not declared: " << one.what;
    }
    EXPECT_GE(own, 4U) << "names, begin, Python, end";
    EXPECT_GE(all.size(), 30U);
    for (const auto& name : passed)
        for (const auto& left : declared.at(name).untaken())
            if (left.starts_with("command ")) ADD_FAILURE() << name << " declares, and the shell was not given: " << left;
}

}  // namespace
}  // namespace boxtest
