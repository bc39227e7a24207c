#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest web`: prints the addresses of Odoo and pgAdmin, and how to log in.
class WebCommand : public Command {
   public:
    explicit WebCommand(CLI::App& program);
    int run() override;

   private:
    bool json_ = false;
};

}  // namespace boxtest
