#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "db/Database.hpp"

namespace boxtest::testing {

/// A throw-away PostgreSQL cluster that listens on one Unix socket only, with peer authentication. Its superuser has the name of
/// the user that runs the tests. If root runs the tests, the server runs as user postgres, because it refuses to run as root.
class LocalPostgres {
   public:
    LocalPostgres();
    LocalPostgres(const LocalPostgres&) = delete;
    LocalPostgres& operator=(const LocalPostgres&) = delete;
    ~LocalPostgres();

    const std::string& superuser() const { return superuser_; }
    std::filesystem::path socket() const { return folder_.path() / ".s.PGSQL.5432"; }
    Endpoint endpoint() const { return {folder_.path().string(), 5432}; }
    Database connect(const std::string& database = "postgres") const;

    /// Sends SIGSTOP (freeze) or SIGCONT (thaw) to one server process.
    static void freeze(int backendPid);
    static void thaw(int backendPid);

   private:
    void initialise();
    void start();
    TemporaryFolder folder_{"postgres"};
    std::string superuser_;
    std::filesystem::path programs_;
    std::unique_ptr<Process> server_;
};

}  // namespace boxtest::testing
