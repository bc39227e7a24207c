#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "Forwards.hpp"
#include "Options.hpp"

namespace boxtest::fakeqemu {

/// A fake QMP server, for one client at a time: starts and stops the CPUs, saves and loads states, and misbehaves on command.
class Qmp {
   public:
    Qmp(Options& options, const std::vector<Forward>& forwards)
        : options_(options), forwards_(forwards), running_(!options.incoming) {}

    int watched() const { return client_ >= 0 ? client_ : options_.qmpListener; }
    /// Handles input on the descriptor that watched() returned.
    void serve();
    /// Whether the guest's CPUs run.
    bool running() const { return running_; }
    /// A reboot by the guest. Without set-action, QEMU ends, because of -no-reboot.
    void reset();

   private:
    using json = nlohmann::json;
    void greet();
    void send(const json& message) const;
    bool takeCommands();
    void answer(const json& request);
    void tellMigration(const char* status);
    void saveState(const json& arguments);
    void loadState(const json& arguments);
    void answerHuman(const std::string& commandLine, const json& id);

    Options& options_;
    const std::vector<Forward>& forwards_;
    bool running_;
    int client_ = -1;
    bool resets_ = false;
    int generation_ = 0;
    std::string buffer_;
    json unanswered_;
};

}  // namespace boxtest::fakeqemu
