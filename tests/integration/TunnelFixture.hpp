#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>

#include "base/Poll.hpp"
#include "integration/SessionFixture.hpp"
#include "ssh/Tunnel.hpp"

namespace boxtest::testing {

/// A session, and a folder for the socket of the tunnel's far end.
class TunnelFixture : public SessionFixture {
   protected:
    std::filesystem::path remote() const { return folder_.path() / "remote"; }

    /// Expects an end of stream or an error, within one minute.
    static void expectEnd(int fd) {
        waitFor(fd, POLLIN, Deadline::in(std::chrono::minutes(1)), "the end of a connection");
        char byte = 0;
        EXPECT_LE(::recv(fd, &byte, 1, 0), 0);
    }
    static void waitUntilConnections(const Tunnel& tunnel, std::size_t number) {
        const auto deadline = Deadline::in(std::chrono::minutes(1));
        while (tunnel.connections() != number && !deadline.expired()) pauseBetweenTries(std::chrono::milliseconds(5), deadline);
        EXPECT_EQ(tunnel.connections(), number);
    }

    TemporaryFolder folder_{"far"};
};

}  // namespace boxtest::testing
