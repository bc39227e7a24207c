#include "cli/DownCommand.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "base/Folders.hpp"
#include "cli/ProgressLog.hpp"
#include "keeper/KeeperClient.hpp"
#include "keeper/NoMachine.hpp"

namespace boxtest {

int DownCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) {
        std::cout << describeNoMachine(runtimeFolder()) << '\n';
        return code(ExitCode::good);
    }
    const auto ended = keeper->down(Deadline::in(std::chrono::seconds(60)));
    if (ended == KeeperClient::Ended::pause)
        std::cout << fmt::format("the pause is over: the run (process {}) ends the machine and goes on\n", keeper->keeperPid());
    else
        std::cout << "the machine is down\n";
    return code(ExitCode::good);
}

}  // namespace boxtest
