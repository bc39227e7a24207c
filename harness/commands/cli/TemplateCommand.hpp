#pragma once

#include <string>

#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"

namespace boxtest {

/// `boxtest template`: makes the guest's template if there is none, and prints its folder.
class TemplateCommand : public Command {
   public:
    explicit TemplateCommand(CLI::App& program);
    int run() override;

   private:
    GuestOptions guest_;
    std::string cpuModel_;
    std::string store_;
    std::string after_;
};

}  // namespace boxtest
