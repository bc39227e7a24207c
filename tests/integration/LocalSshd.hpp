#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "ssh/Session.hpp"

namespace boxtest::testing {

/// A throw-away OpenSSH server on a loopback port that the kernel chose. It starts one `sshd -i` for each connection, with its
/// own host key, configuration and authorized keys, for the user that runs the tests.
class LocalSshd {
   public:
    /// `extra`: lines of sshd_config, placed before the fixture's own lines, so that they take precedence.
    explicit LocalSshd(const std::string& extra = {});
    LocalSshd(const LocalSshd&) = delete;
    LocalSshd& operator=(const LocalSshd&) = delete;
    ~LocalSshd();

    SshTarget target() const;
    const std::string& user() const { return user_; }
    std::filesystem::path key() const { return folder_.path() / "user_key"; }
    /// A private key that the server does not accept.
    std::filesystem::path strangersKey() const { return folder_.path() / "strangers_key"; }
    /// A public key that is not the server's host key.
    std::string otherHostKey() const;
    const std::filesystem::path& folder() const { return folder_.path(); }

    Session connect(Deadline deadline = Deadline::in(std::chrono::minutes(1))) const;

    /// Sends SIGKILL to every server process.
    void kill();
    /// Sends SIGSTOP to every server process: connections stay open, but get no answer. The destructor kills the processes.
    void freeze();

    std::string log() const;

   private:
    void serve();
    TemporaryFolder folder_{"sshd"};
    std::string user_;
    FileDescriptor listening_;
    FileDescriptor log_;
    std::uint16_t port_ = 0;
    FileDescriptor stop_;
    std::mutex mutex_;
    std::vector<Process> servers_;
    std::thread thread_;
};

}  // namespace boxtest::testing
