#pragma once

#include <cstdint>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest connect PORT`: OpenSSH's ProxyCommand, with ProxyUseFdpass: hands over a connection to an SSH server on this host
/// that has begun to talk.
class ConnectCommand : public Command {
   public:
    explicit ConnectCommand(CLI::App& program);
    int run() override;

   private:
    std::uint16_t port_ = 0;
};

}  // namespace boxtest
