#pragma once

#include <cstdint>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest connect PORT`: a ProxyCommand for OpenSSH with ProxyUseFdpass. Passes on a connection to an SSH server on this host
/// that has already sent its first bytes.
class ConnectCommand : public Command {
   public:
    explicit ConnectCommand(CLI::App& program);
    int run() override;

   private:
    std::uint16_t port_ = 0;
};

}  // namespace boxtest
