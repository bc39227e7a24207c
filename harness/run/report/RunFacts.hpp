#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// What a report says about a run as a whole: what was tested, when, where and how. What is not known is empty, and stands
/// nowhere.
struct RunFacts {
    std::string boxtest;           ///< Version of this program.
    std::string command;           ///< As it was typed.
    std::filesystem::path folder;  ///< The run's own.
    std::chrono::system_clock::time_point begun{};
    /// Before a scenario's name it brings back a kept machine; empty: `boxtest resume`. From the environment: BOXTEST_RESUME,
    /// which a build sets that keeps the machines elsewhere.
    std::string resume;
    std::string shard;  ///< "2/3": of the scenarios that were meant only this share.

    /// The machine that ran this.
    struct Host {
        std::string name;
        std::string system;     ///< Distribution.
        std::string kernel;     ///< "Linux 6.1.0 x86_64"
        std::string processor;  ///< Model.
        unsigned cores = 0;
        std::uint64_t memory = 0;  ///< Bytes.

        static Host ofThisMachine();
    } host;

    /// Of a machine in use (`boxtest verify`).
    struct Live {
        std::string machine;                  ///< "admin@box.example"; empty: it was none.
        std::vector<std::string> options;     ///< With which `boxtest verify` reached it, word by word; no secret among them.
        std::vector<std::string> deviations;  ///< What it calls otherwise than the policy does.
        std::string since;                    ///< The earlier report that this one was held against; may be empty.
        std::vector<std::string> changes;     ///< Since then; sentences.
    } live;

    /// The guest.
    struct Tested {
        std::string flavour;
        std::string id;  ///< Hash of all that went into it.
        std::filesystem::path folder;
        std::string architecture;
        std::map<std::string, std::string> versions;
        std::string machines;     ///< "forks of a template, 2 at once"
        std::string accelerator;  ///< "kvm" or "tcg"
        std::string qemu;
        std::string templateKey;

        void take(const Manifest& manifest);
        /// What the template in a folder says of itself (added to what `machines` says) and of its guest; nothing when it cannot
        /// be read, which the run tells.
        void takeTemplate(const std::filesystem::path& folder);
    } tested;

    /// Of this process: its version, which its caller says, command, host, and that it begins now.
    static RunFacts ofThisProcess(std::string version);

    /// What `resume` is in this process.
    static std::string resumeOfEnvironment();

    /// {"run": {...}, "tested": {...}}
    nlohmann::json toJson() const;
};

}  // namespace boxtest
