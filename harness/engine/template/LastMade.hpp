#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace boxtest {

/// How long the newest templates in a store took to make: what to expect of the next boot and warm-up.
struct LastMade {
    std::optional<std::chrono::duration<double>> boot;    ///< until the guest was ready
    std::optional<std::chrono::duration<double>> warmUp;  ///< from then on until it was warm and quiet

    /// `accelerator`: "kvm" or "tcg", or empty for any: a host usually has one.
    static LastMade in(const std::filesystem::path& store, const std::string& accelerator = {});
};

}  // namespace boxtest
