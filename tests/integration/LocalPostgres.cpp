#include "integration/LocalPostgres.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <vector>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"

namespace boxtest::testing {

namespace {

/// Debian installs the server's programs outside PATH, in one folder per major version.
std::filesystem::path findPrograms() {
    std::filesystem::path newest;
    const std::filesystem::path all = "/usr/lib/postgresql";
    if (std::filesystem::exists(all))
        for (const auto& version : std::filesystem::directory_iterator(all))
            if (std::filesystem::exists(version.path() / "bin/initdb") && version.path() > newest) newest = version.path();
    if (!newest.empty()) return newest / "bin";
    if (const auto found = findProgram("initdb")) return found->parent_path();
    throw Error(ErrorKind::system, "PostgreSQL's server is not installed: no initdb found");
}

std::vector<std::string> asServer(std::vector<std::string> command) {
    if (::getuid() != 0) return command;
    std::vector<std::string> all{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"};
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

}  // namespace

LocalPostgres::LocalPostgres() : programs_(findPrograms()) {
    const passwd* me = ::getpwuid(::getuid());
    if (!me) throw Error(ErrorKind::system, "the user that runs the tests has no name");
    superuser_ = me->pw_name;
    initialise();
    start();
}

void LocalPostgres::initialise() {
    if (::getuid() == 0) {
        const passwd* server = ::getpwnam("postgres");
        if (!server) throw Error(ErrorKind::system, "there is no user postgres");
        if (::chown(folder_.path().c_str(), server->pw_uid, server->pw_gid) != 0)
            throw SystemError("cannot give a folder away", errno);
    }
    const auto made =
        runProgram(asServer({(programs_ / "initdb").string(), "--pgdata=" + (folder_.path() / "data").string(),
                             "--username=" + superuser_, "--auth=peer", "--encoding=UTF8", "--no-locale", "--no-sync"}),
                   soon(), {.folder = folder_.path()});
    if (!made.succeeded()) throw Error(ErrorKind::system, "initdb failed: " + made.describe());
}

void LocalPostgres::start() {
    ProcessOptions options{.folder = folder_.path()};
    const auto log = folder_.path() / "server.log";
    FileDescriptor logFile(::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    options.outputTo = options.errorTo = logFile.get();
    server_ = std::make_unique<Process>(Process::start(
        asServer({(programs_ / "postgres").string(), "-D", (folder_.path() / "data").string(), "-c", "listen_addresses=", "-c",
                  "unix_socket_directories=" + folder_.path().string(), "-c", "fsync=off", "-c", "port=5432"}),
        options));
    const auto deadline = soon();
    for (;;) {
        const auto outcome = Database::attemptConnect(endpoint(), superuser_, "postgres", deadline);
        if (outcome.succeeded()) return;
        if (server_->exitStatus() || deadline.expired()) {
            std::ifstream in(log);
            throw Error(ErrorKind::system, "PostgreSQL does not start: " + outcome.message + "\n" +
                                               std::string(std::istreambuf_iterator<char>(in), {}));
        }
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
}

LocalPostgres::~LocalPostgres() {
    if (!server_) return;
    try {
        server_->signal(SIGQUIT);  // immediate shutdown: no data needs to be kept
        server_->wait(soon());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cannot stop PostgreSQL: %s\n", error.what());
    }
}

Database LocalPostgres::connect(const std::string& database) const {
    return Database::connect(endpoint(), superuser_, database, soon());
}

void LocalPostgres::freeze(int backendPid) { ::kill(backendPid, SIGSTOP); }

void LocalPostgres::thaw(int backendPid) { ::kill(backendPid, SIGCONT); }

}  // namespace boxtest::testing
