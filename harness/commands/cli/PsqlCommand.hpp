#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest psql USER [WORDS...]`: the psql client at the local end of an SSH tunnel to PostgreSQL's socket.
class PsqlCommand : public Command {
   public:
    explicit PsqlCommand(CLI::App& program);
    int run() override;

    /// Everything after USER is psql's.
    std::size_t ownWords(const std::vector<std::string>& words) const override;
    void takeRest(std::vector<std::string> words) override;

   private:
    std::string user_;
    std::vector<std::string> rest_;
};

}  // namespace boxtest
