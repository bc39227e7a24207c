#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest list [FILTER]`: lists the scenarios, or with --claims the claims.
class ListCommand : public Command {
   public:
    explicit ListCommand(CLI::App& program);
    int run() override;

   private:
    std::string filter_;
    bool json_ = false;
    bool claims_ = false;
};

}  // namespace boxtest
