#include "integration/LocalSshd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"
#include "integration/LoopbackListener.hpp"

namespace boxtest::testing {

namespace {

std::string textOf(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

void makeKey(const std::filesystem::path& file) {
    const auto made = runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.string()},
                                 Deadline::in(std::chrono::minutes(1)));
    if (!made.succeeded()) throw Error(ErrorKind::system, "ssh-keygen failed: " + made.describe());
}

/// sshd re-executes itself by its absolute path. Debian installs it outside an ordinary user's PATH.
std::string findSshd() {
    const auto found = findProgram("sshd");
    return found ? found->string() : "/usr/sbin/sshd";
}

std::string publicKey(const std::filesystem::path& file) {
    auto text = textOf(file.string() + ".pub");
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

LocalSshd::LocalSshd(const std::string& extra) {
    const passwd* me = ::getpwuid(::getuid());
    if (!me) throw Error(ErrorKind::system, "the user that runs the tests has no name");
    user_ = me->pw_name;
    const auto& folder = folder_.path();
    for (const auto* name : {"host_key", "other_host_key", "user_key", "strangers_key"}) makeKey(folder / name);
    std::filesystem::copy_file(folder / "user_key.pub", folder / "authorized_keys");
    // If root runs sshd, sshd requires this folder, which the service's unit creates at boot.
    if (::getuid() == 0) std::filesystem::create_directories("/run/sshd");
    std::ofstream(folder / "sshd_config") << extra << "\n"
                                          << "HostKey " << (folder / "host_key").string() << "\n"
                                          << "AuthorizedKeysFile " << (folder / "authorized_keys").string() << "\n"
                                          << "StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\n"
                                          << "PasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel VERBOSE\n"
                                          << "PrintMotd no\nPrintLastLog no\nMaxSessions 100\n";
    log_ = FileDescriptor(::open((folder / "sshd.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    listening_ = listenOnLoopback(port_);
    stop_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC));
    if (!log_ || !stop_) throw SystemError("cannot start an SSH server", errno);
    // The kernel kills each server process when the thread that started it ends.
    thread_ = std::thread([this] { serve(); });
}

LocalSshd::~LocalSshd() {
    kill();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
}

void LocalSshd::serve() {
    for (;;) {
        std::array<pollfd, 2> polled{pollfd{listening_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
        boxtest::poll(polled, Deadline::never());
        if (polled[1].revents != 0) return;
        const FileDescriptor accepted(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!accepted) continue;
        ProcessOptions options;
        options.inputFrom = options.outputTo = accepted.get();
        options.errorTo = log_.get();
        options.ownGroup = true;
        const std::lock_guard lock(mutex_);
        servers_.push_back(Process::start({findSshd(), "-i", "-e", "-f", (folder_.path() / "sshd_config").string()}, options));
    }
}

SshTarget LocalSshd::target() const { return {"127.0.0.1", port_, publicKey(folder_.path() / "host_key")}; }

std::string LocalSshd::otherHostKey() const { return publicKey(folder_.path() / "other_host_key"); }

Session LocalSshd::connect(Deadline deadline) const { return Session::connect(target(), user_, key(), deadline); }

void LocalSshd::kill() {
    const std::lock_guard lock(mutex_);
    for (auto& server : servers_) {
        server.signal(SIGKILL);
        server.wait(Deadline::in(std::chrono::minutes(1)));
    }
    servers_.clear();
}

void LocalSshd::freeze() {
    const std::lock_guard lock(mutex_);
    for (auto& server : servers_) server.signal(SIGSTOP);
}

std::string LocalSshd::log() const { return textOf(folder_.path() / "sshd.log"); }

}  // namespace boxtest::testing
