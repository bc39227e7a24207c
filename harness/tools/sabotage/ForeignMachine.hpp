#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/TemporaryFolder.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Access to one of boxtest's own machines in the way in which `boxtest verify` accesses a machine in use: through its forwarded
/// SSH port, with an ssh_config, known hosts and copies of keys in a separate folder, and without the machine's token or the
/// guest's agent.
class ForeignMachine {
   public:
    /// Throws SystemError.
    ForeignMachine(const Manifest& manifest, std::uint16_t sshPort);

    /// Makes this the only known host key of the machine.
    void know(const std::string& hostKey) const;

    /// The arguments for `boxtest verify`: "ADMIN@theirs", and the options that reach the machine as the admin and as a handyman.
    std::vector<std::string> words() const;
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

   private:
    TemporaryFolder folder_{"theirs"};
    std::string admin_;
    std::filesystem::path authority_;
    std::uint16_t port_;
};

}  // namespace boxtest
