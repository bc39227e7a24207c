#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest psql [OPTIONS] USER [WORDS...]`: runs the psql client on the local end of an SSH tunnel to PostgreSQL's socket.
class PsqlCommand : public Command {
   public:
    PsqlCommand(CLI::App& program, std::map<std::string, std::string> libpqSettings);
    int run() override;

    /// All words except USER are passed to psql.
    std::vector<std::string> takeForeign(std::vector<std::string> words) override;

   private:
    std::map<std::string, std::string> libpqSettings_;  ///< The caller's.
    std::string user_;
    std::vector<std::string> words_;
};

}  // namespace boxtest
