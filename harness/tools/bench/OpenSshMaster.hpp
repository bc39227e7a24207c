#pragma once

#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "db/Endpoint.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

/// OpenSSH's own client, for comparison: one connection kept open by ControlMaster, with a local forwarding (-L) from a Unix
/// socket to PostgreSQL's socket in the machine.
class OpenSshMaster {
   public:
    /// Returns when the connection is authenticated. Throws TransportError with ssh's output, TimeoutError, UsageError.
    OpenSshMaster(TestMachine& machine, const std::string& user, const std::string& databaseSocket, Deadline deadline);
    OpenSshMaster(const OpenSshMaster&) = delete;
    OpenSshMaster& operator=(const OpenSshMaster&) = delete;
    ~OpenSshMaster() = default;

    /// Runs a command over the open connection, as `ssh -S` does. Throws TransportError when it fails.
    void run(const std::string& command, Deadline deadline) const;

    /// The endpoint at which libpq finds PostgreSQL through the forwarding.
    Endpoint endpoint() const { return {.host = folder_.path().string(), .port = 5432}; }

   private:
    TestMachine& machine_;
    std::string user_;
    TemporaryFolder folder_;
    std::string control_;
    Process master_;
};

}  // namespace boxtest
