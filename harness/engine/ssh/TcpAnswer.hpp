#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace boxtest {

/// The result of a connection that the SSH server was asked to make (direct-tcpip, RFC 4254 7.2).
enum class TcpAnswer {
    open,        ///< Connected.
    refused,     ///< The server could not connect (SSH_OPEN_CONNECT_FAILED), and named no reason but refusal.
    prohibited,  ///< The server refused to try (SSH_OPEN_ADMINISTRATIVELY_PROHIBITED).
    gone,        ///< The session ended before there was an answer.
    other,       ///< Any other answer, for instance an unknown host or an unreachable network: see the text.
};

std::string_view toString(TcpAnswer answer);

/// The meaning of an SSH_MSG_CHANNEL_OPEN_FAILURE to a direct-tcpip request. OpenSSH sends "open failed" for a connect(2) that
/// failed at once, as it does on loopback; for the guest's own addresses that means refusal.
TcpAnswer answerOfOpenFailure(unsigned long code, std::string_view text);

/// The answer to an attempt to connect from inside the guest.
struct DirectTcpip {
    TcpAnswer answer = TcpAnswer::other;
    std::string text;  ///< The server's words: "Connection refused", "open failed", ... Empty when open.
};

/// The result of a connection from inside the guest, over which some bytes were sent.
struct TcpProbe {
    DirectTcpip connection;
    std::string answer;  ///< The first bytes that came back.
    bool ended = false;  ///< The other side closed the connection.
};

}  // namespace boxtest
