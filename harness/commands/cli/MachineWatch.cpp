#include "cli/MachineWatch.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace boxtest {

MachineWatch::MachineWatch(KeeperClient keeper, FailureLatch& failure) : keeper_(std::move(keeper)), failure_(failure) {
    thread_ = std::thread([this] { watch(); });
}

MachineWatch::~MachineWatch() {
    stop_.declare("no longer of interest");
    thread_.join();
}

void MachineWatch::watch() noexcept {
    try {
        auto status = keeper_.watch(Deadline::in(std::chrono::seconds(30)));
        while (status.state == KeeperState::ready) status = keeper_.nextChange(Deadline::never(), &stop_);
        switch (status.state) {
            case KeeperState::failed: return failure_.declare(status.text);
            case KeeperState::starting: return failure_.declare("the guest of the machine that is up reboots");
            default: return failure_.declare("the machine that was up is being stopped (" + status.text + ")");
        }
    } catch (const std::exception& error) {
        if (!stop_.reason()) failure_.declare(std::string("the machine that was up is gone: ") + error.what());
    }
}

}  // namespace boxtest
