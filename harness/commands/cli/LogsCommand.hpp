#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest logs [console|keeper|qemu|UNIT]`
class LogsCommand : public Command {
   public:
    explicit LogsCommand(CLI::App& program);
    int run() override;

   private:
    std::string which_ = "console";
    bool follow_ = false;
};

}  // namespace boxtest
