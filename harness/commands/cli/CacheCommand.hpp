#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest cache list|prune`: lists the cache, and removes what is not needed any more.
class CacheCommand : public Command {
   public:
    explicit CacheCommand(CLI::App& program);
    int run() override;

   private:
    CLI::App* list_;
    CLI::App* prune_;
    bool all_ = false;
};

}  // namespace boxtest
