#include "template/FileFacts.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "base/Sha256.hpp"

namespace boxtest {

namespace {

/// The modification time of every file in a Nix store.
constexpr std::int64_t nixTime = 1'000'000'000;

}  // namespace

FileFacts FileFacts::of(const std::filesystem::path& file, bool withChecksum) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) throw SystemError(fmt::format("cannot look at '{}'", file.string()), errno);
    return {.size = static_cast<std::uintmax_t>(found.st_size),
            .modified = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec,
            .sha256 = withChecksum ? sha256OfFile(file) : ""};
}

std::optional<std::string> FileFacts::difference(const std::filesystem::path& file) const {
    try {
        const auto now = of(file, !sha256.empty());
        if (now.size != size) return fmt::format("'{}' has {} bytes instead of {}", file.string(), now.size, size);
        if (now.sha256 != sha256) return fmt::format("the contents of '{}' have changed", file.string());
        // An archive may store only whole seconds.
        constexpr std::int64_t second = 1'000'000'000;
        const bool cut = now.modified % second == 0 && now.modified == modified - modified % second;
        if (now.modified != modified && now.modified != nixTime && !cut) return fmt::format("'{}' was written to", file.string());
        return std::nullopt;
    } catch (const SystemError& error) {
        return error.what();
    }
}

nlohmann::json FileFacts::toJson() const {
    nlohmann::json value{{"size", size}, {"modified_ns", modified}};
    if (!sha256.empty()) value["sha256"] = sha256;
    return value;
}

FileFacts FileFacts::fromJson(const nlohmann::json& value) {
    return {.size = value.at("size").get<std::uintmax_t>(),
            .modified = value.at("modified_ns").get<std::int64_t>(),
            .sha256 = value.value("sha256", "")};
}

}  // namespace boxtest
