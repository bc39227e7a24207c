#pragma once

#include <cstdint>
#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest tunnel USER [--port N]`: forwards a port on 127.0.0.1 to PostgreSQL's socket, until Ctrl-C.
class TunnelCommand : public Command {
   public:
    explicit TunnelCommand(CLI::App& program);
    int run() override;

   private:
    std::string user_;
    std::uint16_t port_ = 0;
};

}  // namespace boxtest
