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

/// Facts of a report about the run as a whole: what was tested, when, where and how. Unknown facts are empty and are left out of
/// reports.
struct RunFacts {
    std::string boxtest;           ///< Version of this program.
    std::string command;           ///< As the user typed it.
    std::filesystem::path folder;  ///< The run's own folder.
    std::chrono::system_clock::time_point begun{};
    /// Command that, followed by a scenario's name, brings back its kept machine; empty: `boxtest resume`. From the environment
    /// variable BOXTEST_RESUME, which builds set that keep the machines elsewhere.
    std::string resume;
    std::string shard;  ///< "2/3": the run had only this share of the selected scenarios.

    /// The host of the run.
    struct Host {
        std::string name;
        std::string system;     ///< Distribution.
        std::string kernel;     ///< "Linux 6.1.0 x86_64"
        std::string processor;  ///< Model.
        unsigned cores = 0;
        std::uint64_t memory = 0;  ///< Bytes.

        static Host ofThisMachine();
    } host;

    /// For a machine in use (`boxtest verify`).
    struct Live {
        std::string machine;                  ///< "admin@box.example"; empty: no machine in use.
        std::vector<std::string> options;     ///< The options of `boxtest verify`, one word each; without secrets.
        std::vector<std::string> deviations;  ///< Its names and paths that differ from the policy's.
        std::string since;                    ///< The earlier report that was compared with this one; may be empty.
        std::vector<std::string> changes;     ///< Changes since that report; sentences.
    } live;

    /// The guest.
    struct Tested {
        std::string flavour;
        std::string id;  ///< Hash of everything that went into the guest.
        std::filesystem::path folder;
        std::string architecture;
        std::map<std::string, std::string> versions;
        std::string machines;     ///< "forks of a template, 2 at once"
        std::string accelerator;  ///< "kvm" or "tcg"
        std::string qemu;
        std::string templateKey;

        void take(const Manifest& manifest);
        /// Adds what the record of the template in a folder contains: to `machines`, and about its guest. Adds nothing when the
        /// record cannot be read; the run reports that error.
        void takeTemplate(const std::filesystem::path& folder);
    } tested;

    /// Facts of this process: the given version, its command line, its host, and the current time as the beginning.
    static RunFacts ofThisProcess(std::string version);

    /// The value of `resume` for this process.
    static std::string resumeOfEnvironment();

    /// {"run": {...}, "tested": {...}}
    nlohmann::json toJson() const;
};

}  // namespace boxtest
