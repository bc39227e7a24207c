#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/TemporaryFolder.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// A machine of boxtest's own as `boxtest verify` sees somebody's: by its forwarded SSH port, with an ssh_config, known hosts and
/// copies of keys that are nowhere else, and with neither the machine's token nor the guest's agent.
class ForeignMachine {
   public:
    /// Throws SystemError.
    ForeignMachine(const Manifest& manifest, std::uint16_t sshPort);

    /// Makes this the only host key that is known of it.
    void know(const std::string& hostKey) const;

    /// What follows `boxtest verify`: "ADMIN@theirs", and the options that reach it as the admin and as a handyman.
    std::vector<std::string> words() const;
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

   private:
    TemporaryFolder folder_{"theirs"};
    std::string admin_;
    std::filesystem::path authority_;
    std::uint16_t port_;
};

}  // namespace boxtest
