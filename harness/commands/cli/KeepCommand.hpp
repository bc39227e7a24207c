#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest keep list|export|remove`: manages the kept machines of failed scenarios.
class KeepCommand : public Command {
   public:
    explicit KeepCommand(CLI::App& program);
    int run() override;

   private:
    int list() const;
    int exportOne() const;
    int remove() const;

    CLI::App* list_;
    CLI::App* export_;
    CLI::App* remove_;
    std::string what_;
    std::string file_;
    bool difference_ = false;
};

}  // namespace boxtest
