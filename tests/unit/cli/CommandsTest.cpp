#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

using Program = ProgramFixture;
using WithMachine = UpFixture;

TEST_F(Program, AFileThatIsNoReportIsNamed) {
    const auto file = (home() / "some.json").string();
    for (const auto* text : {"[]", "{}", "3", "{\"claims\": [3]}", "{\"claims\": {}}"}) {
        writeFileAtomically(file, text, 0600);
        const std::vector<std::vector<std::string>> commands{{"report", file, "--junit", "/dev/null"},
                                                             {"report", file, file},
                                                             {"run", "--shard", "1/2", "--durations", file, "--list-only"}};
        for (const auto& command : commands) {
            const auto result = boxtest(command);
            EXPECT_EQ(result.status.code, 2) << command[0] << ' ' << text;
            EXPECT_THAT(result.err, HasSubstr("'" + file + "' is no report of boxtest: ")) << command[0] << ' ' << text;
        }
    }
}

TEST_F(Program, HelpNamesEveryCommandExamplesAndExitCodes) {
    const auto result = boxtest({"--help"});
    EXPECT_EQ(result.status.code, 0);
    for (const auto* command :
         {"run", "up", "down", "status", "ssh", "ssh-config", "psql", "tunnel", "web", "logs", "list", "doctor"})
        EXPECT_THAT(result.out, HasSubstr("\n  " + std::string(command) + " ")) << command;
    EXPECT_THAT(result.out, AllOf(HasSubstr("Examples:"), HasSubstr("130  interrupted")));
}

TEST_F(Program, VersionHasBuildFactsAndNoDate) {
    const auto result = boxtest({"--version"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out,
                ContainsRegex("^boxtest [0-9]+[.][0-9]+[.][0-9]+\ncommit      ([0-9a-f]{40}( with changes)?|unknown)\n"
                              "compiler    [A-Za-z]+ [0-9.]+\nbuild type  [A-Za-z]+\nlibssh      0[.][0-9.]+\n"
                              "libpqxx     [0-9.]+\nBoost       1[.][0-9.]+\nOpenSSL     [0-9.]+[a-z]*\n$"));
    EXPECT_EQ(boxtest({"--version"}).out, result.out);
}

TEST_F(Program, UnknownCommandsAndOptionsAreUsageErrors) {
    const auto command = boxtest({"frobnicate"});
    EXPECT_EQ(command.status.code, 2);
    EXPECT_THAT(command.err, HasSubstr("there is no command 'frobnicate'"));
    EXPECT_EQ(boxtest({"run", "--frobnicate"}).status.code, 2);
    EXPECT_EQ(boxtest({}).status.code, 2);
    EXPECT_EQ(boxtest({"up", "--accel", "xen"}).status.code, 2);
    EXPECT_EQ(boxtest({"ssh"}).status.code, 2);
}

TEST_F(Program, WithoutAMachineTheCommandsSayHowToStartOne) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"ssh", "admin"}, {"ssh-config"}, {"tunnel", "jane"}, {"web"}, {"logs", "odoo"}, {"psql", "jane"}}) {
        const auto result = boxtest(words);
        EXPECT_EQ(result.status.code, 2) << words[0];
        EXPECT_THAT(result.err, AllOf(StartsWith("boxtest: no machine is up (looked in '" + runtime().string() + "'"),
                                      HasSubstr("); start one: boxtest up\n")))
            << words[0];
    }
    const auto down = boxtest({"down"});
    EXPECT_EQ(down.status.code, 0);
    EXPECT_THAT(down.out, StartsWith("no machine is up (looked in '" + runtime().string() + "'"));
    EXPECT_EQ(status().at("state"), "down");
    EXPECT_FALSE(std::filesystem::exists(runtime())) << "made by a command that only reads";
}

TEST_F(Program, ARuntimeFolderOfAnotherUserStaysAsItIs) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    const auto folder = home() / "run";
    ASSERT_EQ(::chown(folder.c_str(), 12345, 12345), 0);
    const auto result = boxtest({"status"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("XDG_RUNTIME_DIR '" + folder.string() + "' belongs to user 12345, not to you"));
    EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(Program, ListShowsClaimsAndScenariosWithoutAMachine) {
    const auto result = boxtest({"list", "peer-auth"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_EQ(result.out,
              "peer-auth: It is so.\n  PeerAuth.Matrix   [reads]\n  PeerAuth.Root   [changes, slow]\n\n2 scenarios\n");
    const auto json = nlohmann::json::parse(boxtest({"list", "--json"}).out);
    ASSERT_EQ(json.size(), 4U);
    EXPECT_EQ(json[0].at("claim"), "tcp-refused");
    EXPECT_EQ(json[0].at("effect"), "reads");
    const auto changing = nlohmann::json::parse(boxtest({"list", "--json", "changes"}).out);
    ASSERT_EQ(changing.size(), 1U);
    EXPECT_EQ(changing[0].at("scenario"), "PeerAuth.Root");
}

TEST_F(Program, ListShowsTheClaimsWithTheirScenariosCounted) {
    const auto result = boxtest({"list", "--claims"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_EQ(result.out,
              "The socket\n"
              "  tcp-refused           2  It is so.\n"
              "  peer-auth             2  It is so.\n"
              "\n"
              "Names\n"
              "  names-configurable    0  They change.\n"
              "                           proven by: ci/other-names\n"
              "\n"
              "3 claims, 4 scenarios\n");
    const auto json = nlohmann::json::parse(boxtest({"list", "--claims", "--json", "slow"}).out);
    ASSERT_EQ(json.size(), 1U);
    EXPECT_EQ(json[0].at("claim"), "peer-auth");
    EXPECT_EQ(json[0].at("section"), "The socket");
    EXPECT_EQ(json[0].at("scenarios"), 1);
}

TEST_F(Program, DoctorTellsWhatIsMissingAndWhatToDo) {
    const auto result = boxtest({"doctor"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("bad      guest"), HasSubstr("ci/debian-guest/build"), HasSubstr("ok       QEMU"),
                                  HasSubstr("This host cannot run a machine yet")));
}

TEST_F(Program, DoctorRefusesAnOldQemu) {
    const auto old = home() / "old-qemu";
    writeFileAtomically(old, "#!/bin/sh\necho 'QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)'\n", 0700);
    setEnvironment("BOXTEST_QEMU", old.string());
    const auto result = boxtest({"doctor"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("bad      QEMU"), HasSubstr("7.2"), HasSubstr("backports")));
}

TEST_F(Program, DoctorIsContentWithAGoodHost) {
    const FakeGuest guest;
    const auto result = boxtest({"doctor", "--accel", "tcg", "--guest", guest.folder().string()});
    EXPECT_EQ(result.status.code, 0) << result.out << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("ok       guest"), HasSubstr("doubtful accelerator  TCG"),
                                  HasSubstr("it works; how long a boot takes here is known after the first one"),
                                  HasSubstr("This host can run a machine")));
    expectNothingLeft();
}

TEST_F(Program, DoctorNamesThePackagesOfProgramsThatAreMissing) {
    const FakeGuest guest;
    setEnvironment("PATH", home().string());
    const auto result = boxtest({"doctor", "--accel", "tcg", "--guest", guest.folder().string()});
    EXPECT_EQ(result.status.code, 0) << result.out << result.err;
    for (const auto* package : {"openssh-client", "postgresql-client"})
        EXPECT_THAT(result.out, HasSubstr(std::string("-> apt install ") + package + "\n"));
    EXPECT_THAT(result.out, HasSubstr("missing: boxtest psql needs it"));
}

TEST_F(WithMachine, StatusTellsHowToReachIt) {
    const auto result = boxtest({"status"});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.out, AllOf(StartsWith("ready"), HasSubstr("127.0.0.1:2022"), HasSubstr("https://localhost:2443/pgadmin/ "),
                                  HasSubstr("boxtest psql jane")));
    const auto json = status();
    EXPECT_EQ(json.at("state"), "ready");
    EXPECT_EQ(json.at("machine").at("ports").at("ssh"), 2022);
}

TEST_F(WithMachine, SshConfigHasABlockForEachUserOrTheOneAskedFor) {
    EXPECT_THAT(boxtest({"ssh-config"}).out, AllOf(StartsWith("Host boxtest-admin\n"), HasSubstr("\nHost boxtest-jane\n")));
    const auto one = boxtest({"ssh-config", "jane"});
    EXPECT_EQ(one.status.code, 0) << one.err;
    EXPECT_THAT(one.out,
                AllOf(StartsWith("Host boxtest-jane\n"), HasSubstr("\n  Port 2022\n"), testing::Not(HasSubstr("admin"))));
    const auto refused = boxtest({"ssh-config", "mallory"});
    EXPECT_EQ(refused.status.code, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("mallory"), HasSubstr("jane")));
}

TEST_F(WithMachine, AnotherSessionIsToldWhereItIs) {
    std::filesystem::create_directory(home() / "other");
    std::filesystem::permissions(home() / "other", std::filesystem::perms::owner_all);
    setEnvironment("XDG_RUNTIME_DIR", (home() / "other").string());
    for (const auto* command : {"status", "down", "logs"}) {
        const auto result = boxtest({command});
        EXPECT_THAT(result.out + result.err,
                    AllOf(HasSubstr("no machine is up (looked in '" + (home() / "other" / "boxtest").string() + "'"),
                          HasSubstr("XDG_RUNTIME_DIR=" + (home() / "run").string())))
            << command;
    }
    EXPECT_EQ(status().at("runtime_folder"), (home() / "other" / "boxtest").string());
}

TEST_F(WithMachine, StatusTellsWhyItFailed) {
    failMachine("Kernel panic - not syncing: \x1b[31mred");
    waitUntil("the keeper knows", [&] { return status().at("state") == "failed"; });
    const auto result = boxtest({"status"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(StartsWith("failed"), HasSubstr("Kernel panic - not syncing: \\x1b[31mred")));
    const auto ssh = boxtest({"ssh", "admin"});
    EXPECT_EQ(ssh.status.code, 3);
    EXPECT_THAT(ssh.err, HasSubstr("the machine that is up has failed: Kernel panic"));
}

TEST_F(WithMachine, UpSaysThatOneIsUpAlready) {
    const auto result = boxtest({"up", "--guest", guest_.folder().string()});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(StartsWith("a machine is up already"), HasSubstr("127.0.0.1:2022")));
    const FakeGuest other;
    const auto refused = boxtest({"up", "--guest", other.folder().string()});
    EXPECT_EQ(refused.status.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("it has another guest"));
}

TEST_F(WithMachine, UpComparesAllThatIsAskedWithTheMachineThatIsUp) {
    const auto expect = [&](const std::vector<std::string>& options, const std::string& said) {
        std::vector<std::string> words{"up"};
        words.insert(words.end(), options.begin(), options.end());
        const auto result = boxtest(words);
        EXPECT_EQ(result.status.code, said.empty() ? 0 : 2) << testing::PrintToString(words) << result.err;
        EXPECT_THAT(result.err, HasSubstr(said)) << testing::PrintToString(words);
    };
    expect({"--fresh"}, "");
    expect({"--accel", "tcg"}, "");
    expect({"--accel", "kvm"}, "it runs under tcg, not kvm");
    expect({"--foreground"}, "a machine is up already, in keeper process");
    expect({"--template", (home() / "nowhere").string()}, "there is no template");
    info_.templateKey = std::string(64, 'a');
    upAgain();
    expect({"--fresh"}, "it was forked from the template aaaa");
    info_.templateKey = "";
    info_.kept = home() / "kept";
    upAgain();
    expect({"--fresh"}, "it was resumed from");
    setEnvironment("BOXTEST_GUEST", guest_.folder().string() + "/");
    expect({}, "");
    const FakeGuest other;
    setEnvironment("BOXTEST_GUEST", other.folder().string());
    expect({}, "another guest ('" + guest_.folder().string() + "') than BOXTEST_GUEST names");
}

TEST_F(WithMachine, WebPrintsUrlsLoginsAndTheCa) {
    const auto result = boxtest({"web"});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("https://localhost:2443/\n"), HasSubstr("login admin@odoo-host   password password of pgadmin"),
                      HasSubstr((guest_.folder() / "ca.crt").string()), HasSubstr("--connect-to odoo-host:443:127.0.0.1:2443")));
    EXPECT_EQ(nlohmann::json::parse(boxtest({"web", "--json"}).out).at("odoo").at("login"), "admin");
}

TEST_F(WithMachine, TheCurlCommandOfWebIsQuoted) {
    auto changed = guest_.json();
    changed["web"]["ca_certificate"] = "it's a.crt";
    guest_.write("it's a.crt", "");
    guest_.write(changed);
    const auto web = boxtest({"web"});
    ASSERT_EQ(web.status.code, 0) << web.err;
    const auto at = web.out.find("curl --cacert");
    ASSERT_NE(at, std::string::npos) << web.out;
    const auto ran = runProgram({"sh", "-c", "curl() { printf '%s\n' \"$@\"; }; " + web.out.substr(at)}, soon());
    EXPECT_THAT(ran.out, StartsWith("--cacert\n" + (guest_.folder() / "it's a.crt").string() + "\n--connect-to\n")) << ran.err;
}

TEST_F(WithMachine, LogsShowTheConsole) {
    const auto result = boxtest({"logs"});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_EQ(result.out, "Linux version 6.12\n");
}

TEST_F(WithMachine, TunnelAndPsqlRefuseUnknownUsersByNamingTheKnown) {
    for (const auto* command : {"tunnel", "ssh", "psql"}) {
        const auto result = boxtest({command, "mallory"});
        EXPECT_EQ(result.status.code, 2) << command;
        EXPECT_THAT(result.err, AllOf(HasSubstr("mallory"), HasSubstr("admin"), HasSubstr("jane"))) << command;
    }
}

/// With a fake `ssh` in PATH: it prints its arguments and its input, and exits with status 7.
class Ssh : public UpFixture {
   protected:
    Ssh() {
        writeFileAtomically(home() / "ssh",
                            "#!/bin/sh\nfor word; do printf '<%s>\\n' \"$word\"; done\ncat\necho trouble >&2\nexit 7\n", 0700);
        setEnvironment("PATH", home().string() + ":" + std::getenv("PATH"));
    }
};

TEST_F(Ssh, PassesOnTheCommandStdinAndTheExitStatus) {
    const auto result = boxtest({"ssh", "jane", "ls", "-la", "--help", "a b"}, "input\n");
    EXPECT_EQ(result.status.code, 7);
    EXPECT_THAT(result.out, HasSubstr("\n<jane@127.0.0.1>\n<ls>\n<-la>\n<--help>\n<a b>\ninput\n"));
    EXPECT_EQ(result.err, "trouble\n");
}

TEST_F(Ssh, UsesTheManifestsKeysAndNothingOfThePersons) {
    const auto result = boxtest({"ssh", "jane"});
    EXPECT_THAT(result.out, AllOf(HasSubstr("<-F>\n<none>\n"), HasSubstr("<IdentityFile=${BOXTEST_MACHINE}/key-jane>"),
                                  HasSubstr("<UserKnownHostsFile=${BOXTEST_MACHINE}/known_hosts>"),
                                  HasSubstr("<IdentitiesOnly=yes>"), HasSubstr("<StrictHostKeyChecking=yes>"),
                                  HasSubstr("<HostKeyAlias=odoo-host>"), HasSubstr("<GlobalKnownHostsFile=/dev/null>")));
}

TEST_F(Ssh, GivesACommandATerminalWhenAskedTo) {
    EXPECT_THAT(boxtest({"ssh", "-t", "jane", "top"}).out, AllOf(HasSubstr("\n<-t>\n"), HasSubstr("<jane@127.0.0.1>\n<top>\n")));
    EXPECT_THAT(boxtest({"ssh", "jane", "-t", "top"}).out, HasSubstr("<jane@127.0.0.1>\n<-t>\n<top>\n"));
    EXPECT_THAT(boxtest({"ssh", "-tt", "jane", "top"}).out, HasSubstr("\n<-tt>\n"));
    EXPECT_THAT(boxtest({"ssh", "jane", "top"}).out, testing::Not(HasSubstr("<-t>")));
}

TEST_F(Ssh, WhatFollowsTheUserIsSshsAndMayBeOptionsOfIts) {
    const auto result = boxtest({"ssh", "jane", "-N", "-L", "8080:localhost:80", "-E", "ssh.log"});
    EXPECT_THAT(result.out, HasSubstr("<ConnectTimeout=60>\n")) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\n<jane@127.0.0.1>\n<-N>\n<-L>\n<8080:localhost:80>\n<-E>\n<ssh.log>\n"));
    EXPECT_THAT(result.out, testing::Not(HasSubstr("<-->"))) << "ssh would take what follows for a command";
    EXPECT_THAT(boxtest({"ssh", "jane", "--", "-weird"}).out, HasSubstr("\n<jane@127.0.0.1>\n<-->\n<-weird>\n"));
    EXPECT_THAT(boxtest({"ssh", "--help", "jane"}).out, HasSubstr("boxtest ssh [OPTIONS] USER"));
}

TEST_F(Ssh, OptionsBeforeTheUserAreSshsTooAndCannotChangeWhomItReaches) {
    const auto result = boxtest({"ssh", "-v", "-o", "LogLevel=DEBUG", "-L", "1:h:2", "jane", "true"});
    EXPECT_THAT(result.out,
                AllOf(ContainsRegex("<StrictHostKeyChecking=yes>\n(.*\n)*<-v>\n<-o>\n<LogLevel=DEBUG>\n<-L>\n<1:h:2>\n"
                                    "(.*\n)*<LogLevel=ERROR>\n"),
                      HasSubstr("\n<jane@127.0.0.1>\n<true>\n")))
        << result.err;
    // As scp, sftp, git and rsync call it.
    EXPECT_THAT(boxtest({"ssh", "-x", "-s", "--", "jane", "sftp"}).out, HasSubstr("\n<-->\n<jane@127.0.0.1>\n<sftp>\n"));
    EXPECT_THAT(boxtest({"ssh", "-o", "SendEnv=GIT_PROTOCOL", "jane@box", "git-upload-pack '/x'"}).out,
                HasSubstr("\n<jane@127.0.0.1>\n<git-upload-pack '/x'>\n"));
    const auto rsync = boxtest({"ssh", "-l", "jane", "box", "rsync", "--server"}).out;
    EXPECT_THAT(rsync, AllOf(HasSubstr("\n<jane@127.0.0.1>\n<rsync>\n<--server>\n"), testing::Not(HasSubstr("<-l>"))));
    const auto refused = boxtest({"ssh", "--bogus", "jane", "true"});
    EXPECT_EQ(refused.status.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("'--bogus'"));
}

TEST_F(Ssh, RunsInThePersonsFolderSoThatNamesOfFilesAreTheirs) {
    writeFileAtomically(home() / "ssh", "#!/bin/sh\npwd\necho \"$BOXTEST_MACHINE\"\n", 0700);
    const auto result = boxtest({"ssh", "jane", "-E", "ssh.log"});
    EXPECT_EQ(result.out, std::filesystem::current_path().string() + "\n" + info_.folder.string() + "\n") << result.err;
}

TEST_F(Ssh, WhatWasTypedAheadIsForTheCommand) {
    FileDescriptor terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(terminal);
    ASSERT_EQ(::grantpt(terminal.get()), 0);
    ASSERT_EQ(::unlockpt(terminal.get()), 0);
    const std::string name = ::ptsname(terminal.get());
    const FileDescriptor open(::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(open);
    ASSERT_EQ(::write(terminal.get(), "hello\n", 6), 6);
    writeFileAtomically(home() / "ssh", "#!/bin/sh\nread -r line\necho \"got $line\"\n", 0700);
    writeFileAtomically(home() / "on-terminal", "#!/bin/sh\nfile=$1; shift\nexec \"$@\" <\"$file\"\n", 0700);
    RunProgramOptions options;
    options.environment = environment_;
    const auto result =
        runProgram({(home() / "on-terminal").string(), name, paths::program, "ssh", "-t", "jane", "read x"}, soon(), options);
    EXPECT_EQ(result.out, "got hello\n") << result.err;
}

TEST_F(Ssh, ConnectsByWhatTriesAgain) {
    const auto result = boxtest({"ssh", "jane"});
    EXPECT_THAT(result.out, AllOf(HasSubstr("<ProxyCommand=\"$BOXTEST_SELF\" connect 2022>"), HasSubstr("<ProxyUseFdpass=yes>")));
}

}  // namespace
}  // namespace boxtest
