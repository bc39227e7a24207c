#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "Options.hpp"

namespace boxtest::fakeqemu {

/// The guest's agent, for one client at a time.
class Agent {
   public:
    explicit Agent(const Options& options) : options_(options) {}

    /// What to wait for; a guest that is stopped answers nobody.
    int watched(bool running) const;
    /// When something came from there.
    void serve();

   private:
    void answer(const nlohmann::json& request);

    const Options& options_;
    int client_ = -1;
    std::string buffer_;
};

}  // namespace boxtest::fakeqemu
