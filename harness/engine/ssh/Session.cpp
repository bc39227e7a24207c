#include "ssh/Session.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Transcript.hpp"
#include "ssh/CommandChannel.hpp"
#include "ssh/ConfiguredHandshake.hpp"
#include "ssh/Handshake.hpp"
#include "ssh/IoThread.hpp"
#include "ssh/ProbeChannel.hpp"

namespace boxtest {

namespace {

/// Wakes the I/O thread when a caller leaves, so that an abandoned channel is closed. Keeps the IoThread alive for a caller that
/// still waits while the session is destroyed.
class WakeOnExit {
   public:
    explicit WakeOnExit(std::shared_ptr<ssh::IoThread> io) : io_(std::move(io)) {}
    WakeOnExit(const WakeOnExit&) = delete;
    WakeOnExit& operator=(const WakeOnExit&) = delete;
    ~WakeOnExit() { io_->wake(); }

   private:
    std::shared_ptr<ssh::IoThread> io_;
};

TcpProbe probe(const std::shared_ptr<ssh::IoThread>& io, const ssh::RemoteEnd& remote, std::string payload, std::size_t enough,
               Deadline deadline) {
    auto state = std::make_shared<ssh::ProbeState>(enough);
    const WakeOnExit wake(io);
    io->start(std::make_shared<ssh::ProbeChannel>(state, remote, std::move(payload)));
    return state->wait(deadline, remote.describe());
}

}  // namespace

Session Session::connect(const SshTarget& target, const std::string& user, const std::filesystem::path& privateKey,
                         Deadline deadline, const FailureLatch* failure) {
    return Session(std::make_shared<ssh::IoThread>(
        ssh::IoThread::Options{
            .user = user, .where = fmt::format("{}:{}", target.host, target.port), .keepAlive = target.keepAlive},
        failure, [&] {
            ssh::Handshake handshake(target, user, deadline, failure);
            handshake.connect();
            handshake.authenticate(privateKey);
            return handshake.take();
        }));
}

Session Session::connect(const SshByConfig& by, Deadline deadline, const FailureLatch* failure) {
    return Session(
        std::make_shared<ssh::IoThread>(ssh::IoThread::Options{.user = by.user.empty() ? "the configuration's user" : by.user,
                                                               .where = by.host,
                                                               .keepAlive = by.keepAlive,
                                                               .before = by.before},
                                        failure, [&] {
                                            ssh::ConfiguredHandshake handshake(by, deadline, failure);
                                            handshake.connect();
                                            handshake.authenticate();
                                            return handshake.take();
                                        }));
}

std::vector<std::string> Session::offeredMethods(const SshTarget& target, const std::string& user, Deadline deadline,
                                                 const FailureLatch* failure) {
    ssh::Handshake handshake(target, user, deadline, failure);
    handshake.connect();
    return handshake.offeredMethods();
}

Session::Session(std::shared_ptr<ssh::IoThread> io) : io_(std::move(io)) {}

Session::Session(Session&&) noexcept = default;

Session& Session::operator=(Session&& other) noexcept {
    if (this != &other) {
        if (io_) io_->stop();
        io_ = std::move(other.io_);
    }
    return *this;
}

Session::~Session() {
    if (io_) io_->stop();
}

const std::string& Session::user() const { return io_->user(); }

bool Session::alive() const { return io_->alive(); }

CommandResult Session::run(const std::string& command, const RunOptions& options) {
    auto& transcript = Transcript::ofProcess();
    const auto asked = transcript.ask(
        "command", user(), options.input.empty() ? command : fmt::format("{}\n--- its input:\n{}", command, options.input));
    auto state = std::make_shared<ssh::CommandState>(options.outputLimit);
    const WakeOnExit wake(io_);
    io_->start(std::make_shared<ssh::CommandChannel>(state, io_->command(command), options.input));
    auto result = state->wait(options.deadline, command);
    transcript.answered(asked, result.describe());
    return result;
}

CommandResult Session::run(const std::vector<std::string>& words, const RunOptions& options) {
    return run(shellQuote(words), options);
}

CommandResult Session::run(std::initializer_list<std::string_view> words, const RunOptions& options) {
    return run(std::vector<std::string>(words.begin(), words.end()), options);
}

DirectTcpip Session::tryDirectTcpip(const std::string& host, std::uint16_t port, Deadline deadline) {
    return probeTcp(host, port, {}, deadline, 0).connection;
}

TcpProbe Session::probeTcp(const std::string& host, std::uint16_t port, std::string_view payload, Deadline deadline,
                           std::size_t enough) {
    auto& transcript = Transcript::ofProcess();
    const auto asked = transcript.ask("connection", user(),
                                      fmt::format("connect to {}:{} by TCP{}", host, port,
                                                  payload.empty() ? "" : fmt::format(", and send {} bytes", payload.size())));
    try {
        auto answer = probe(io_, ssh::RemoteEnd::tcp(host, port), std::string(payload), enough, deadline);
        transcript.answered(asked, fmt::format("{} {}", toString(answer.connection.answer), answer.connection.text));
        return answer;
    } catch (const SessionLost& lost) {
        return {{TcpAnswer::gone, lost.what()}, {}, true};
    }
}

bool Session::tryUnixSocket(const std::string& path, Deadline deadline) {
    Transcript::ofProcess().ask("connection", user(), "connect to the Unix socket " + path);
    const auto connection = probe(io_, ssh::RemoteEnd::unixSocket(path), {}, 0, deadline).connection;
    if (connection.answer == TcpAnswer::gone) throw SessionLost(connection.text);
    return connection.answer == TcpAnswer::open;
}

}  // namespace boxtest
