#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "Options.hpp"

namespace boxtest::fakeqemu {

/// A fake guest agent, for one client at a time.
class Agent {
   public:
    explicit Agent(const Options& options) : options_(options) {}

    /// The descriptor to poll for input; -1 while a connected guest is stopped or silent and must not answer.
    int watched(bool running) const;
    /// Handles input on the descriptor that watched() returned.
    void serve();

   private:
    void answer(const nlohmann::json& request);

    const Options& options_;
    int client_ = -1;
    std::string buffer_;
};

}  // namespace boxtest::fakeqemu
