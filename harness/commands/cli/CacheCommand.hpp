#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest cache list|prune`: what lies in the cache, and what of it nobody needs.
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
