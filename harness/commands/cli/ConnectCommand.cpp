#include "cli/ConnectCommand.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "ssh/PatientConnect.hpp"

namespace boxtest {

namespace {

constexpr auto connectBudget = std::chrono::seconds(75);

/// Sends one byte and the descriptor over standard output, which ssh has made a socket (ssh_config(5), ProxyUseFdpass; unix(7)).
void handOver(const FileDescriptor& connection) {
    char byte = 0;
    iovec content{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = connection.get();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (::sendmsg(STDOUT_FILENO, &message, MSG_NOSIGNAL) != 1)
        throw SystemError("cannot hand over a connection: `boxtest connect` is started by ssh only", errno);
}

}  // namespace

ConnectCommand::ConnectCommand(CLI::App& program) : Command(program, "connect", "Connects for `boxtest ssh`") {
    arguments().group("");
    arguments().add_option("PORT", port_)->required();
}

int ConnectCommand::run() {
    const auto connection = ssh::connectPatiently("127.0.0.1", port_, Deadline::in(connectBudget), nullptr);
    // ssh expects a blocking socket, as connect(2) normally gives.
    if (::fcntl(connection.get(), F_SETFL, 0) != 0) throw SystemError("cannot make a socket blocking", errno);
    handOver(connection);
    return code(ExitCode::good);
}

}  // namespace boxtest
