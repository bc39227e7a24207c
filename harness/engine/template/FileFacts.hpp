#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace boxtest {

/// Recorded size and time of a file that must not change, and its checksum if that is cheap to compute.
struct FileFacts {
    std::uintmax_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    std::string sha256 = {};    ///< empty: not recorded

    /// The facts of a file as it is now. Throws SystemError.
    static FileFacts of(const std::filesystem::path& file, bool withChecksum = false);

    /// How the file differs from the recorded facts; nullopt when it does not.
    std::optional<std::string> difference(const std::filesystem::path& file) const;

    nlohmann::json toJson() const;
    /// Throws nlohmann::json::exception.
    static FileFacts fromJson(const nlohmann::json& value);
};

}  // namespace boxtest
