#include "ssh/Tunnel.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/UnixListener.hpp"
#include "ssh/IoThread.hpp"
#include "ssh/Listener.hpp"
#include "ssh/TunnelState.hpp"

namespace boxtest {

namespace {

using ssh::RemoteEnd;

std::shared_ptr<ssh::TunnelState> begin(const std::shared_ptr<ssh::IoThread>& io, RemoteEnd remote, ssh::LocalEnd local,
                                        FileDescriptor listening) {
    auto state = std::make_shared<ssh::TunnelState>(io, std::move(remote), std::move(local));
    io->start(std::make_shared<ssh::Listener>(state, std::move(listening)));
    return state;
}

std::shared_ptr<ssh::TunnelState> open(const std::shared_ptr<ssh::IoThread>& io, RemoteEnd remote, const LocalUnix& local) {
    if (local.name.empty() || local.name.find('/') != std::string::npos)
        throw UsageError(fmt::format("'{}' is no name for a socket in a tunnel's folder", local.name));
    ssh::LocalEnd end;
    end.folder.emplace("tunnel");
    end.socket = end.folder->path() / local.name;
    auto listening = listenUnix(end.socket);
    return begin(io, std::move(remote), std::move(end), std::move(listening));
}

std::shared_ptr<ssh::TunnelState> open(const std::shared_ptr<ssh::IoThread>& io, RemoteEnd remote, const LocalTcp& local) {
    ssh::LocalEnd end;
    end.port = local.port;
    auto listening = ssh::listenLoopback(end.port);
    return begin(io, std::move(remote), std::move(end), std::move(listening));
}

}  // namespace

Tunnel Tunnel::toUnixSocket(Session& session, const std::string& remotePath, const LocalUnix& local) {
    return Tunnel(open(session.io_, RemoteEnd::unixSocket(remotePath), local));
}

Tunnel Tunnel::toUnixSocket(Session& session, const std::string& remotePath, const LocalTcp& local) {
    return Tunnel(open(session.io_, RemoteEnd::unixSocket(remotePath), local));
}

Tunnel Tunnel::toTcp(Session& session, const std::string& host, std::uint16_t port, const LocalTcp& local) {
    return Tunnel(open(session.io_, RemoteEnd::tcp(host, port), local));
}

Tunnel Tunnel::toTcp(Session& session, const std::string& host, std::uint16_t port, const LocalUnix& local) {
    return Tunnel(open(session.io_, RemoteEnd::tcp(host, port), local));
}

Tunnel::Tunnel(std::shared_ptr<ssh::TunnelState> state) : state_(std::move(state)) {}

Tunnel::Tunnel(Tunnel&&) noexcept = default;

Tunnel& Tunnel::operator=(Tunnel&& other) noexcept {
    if (this != &other) {
        if (state_) state_->close();
        state_ = std::move(other.state_);
    }
    return *this;
}

Tunnel::~Tunnel() {
    if (state_) state_->close();
}

std::filesystem::path Tunnel::socket() const {
    if (!isUnix()) throw UsageError("this tunnel's local end is a TCP port, not a Unix socket");
    return state_->local().socket;
}

std::filesystem::path Tunnel::folder() const { return socket().parent_path(); }

std::uint16_t Tunnel::port() const {
    if (isUnix()) throw UsageError("this tunnel's local end is a Unix socket, not a TCP port");
    return state_->local().port;
}

bool Tunnel::isUnix() const { return !state_->local().socket.empty(); }

std::vector<std::string> Tunnel::openFailures() const { return state_->failures(); }

std::vector<std::string> Tunnel::openFailuresAfter(std::size_t& seen) const { return state_->failuresAfter(seen); }

std::size_t Tunnel::connections() const { return state_->connections(); }

}  // namespace boxtest
