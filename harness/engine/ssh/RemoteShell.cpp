#include "ssh/RemoteShell.hpp"

#include <fmt/format.h>

#include "base/RandomToken.hpp"
#include "ssh/IoThread.hpp"
#include "ssh/ShellChannel.hpp"

namespace boxtest {

RemoteShell::RemoteShell(Session& session, const std::string& command)
    : io_(session.io_), state_(std::make_shared<ssh::ShellState>()) {
    io_->start(std::make_shared<ssh::ShellChannel>(state_, io_->command(command)));
}

RemoteShell::~RemoteShell() {
    if (!state_) return;
    state_->abandon();
    io_->wake();
}

CommandResult RemoteShell::run(const std::string& script, Deadline deadline, std::size_t outputLimit) {
    const auto mark = randomToken();
    // $? is the status of the script: no command stands between the two.
    state_->give(
        fmt::format("/bin/sh -c {} </dev/null; printf '{} %d\\n' \"$?\"; printf '{}\\n' >&2\n", shellQuote(script), mark, mark),
        mark, outputLimit);
    io_->wake();
    try {
        return state_->wait(deadline, script);
    } catch (...) {
        io_->wake();  // to close the channel
        throw;
    }
}

bool RemoteShell::alive() const { return io_->alive() && state_->alive(); }

}  // namespace boxtest
