#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest psql [OPTIONS] USER [WORDS...]`: runs the psql client on the local end of an SSH tunnel to PostgreSQL's socket.
class PsqlCommand : public Command {
   public:
    explicit PsqlCommand(CLI::App& program);
    int run() override;

    /// All words except USER are passed to psql.
    std::vector<std::string> takeForeign(std::vector<std::string> words) override;

   private:
    std::string user_;
    std::vector<std::string> words_;
};

}  // namespace boxtest
