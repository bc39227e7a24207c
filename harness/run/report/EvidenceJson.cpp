#include "report/EvidenceJson.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/AtomicFile.hpp"
#include "base/Base64.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"

namespace boxtest {

namespace {

constexpr std::uintmax_t largestEvidence = std::uintmax_t{2} << 20;
constexpr std::string_view pngSignature = "\x89PNG\r\n\x1a\n";

}  // namespace

nlohmann::json evidenceJson(const std::filesystem::path& file) {
    nlohmann::json evidence{{"name", file.filename().string()}};
    try {
        const auto size = files::size(file);
        if (size > largestEvidence) {
            evidence["left_out"] = fmt::format("it has {} MiB", size >> 20);
            return evidence;
        }
        const auto content = readWholeFile(file);
        if (content.starts_with(pngSignature)) {
            evidence["png"] = base64(content);
        } else {
            evidence["text"] = content;
        }
    } catch (const SystemError& error) {
        evidence["left_out"] = error.what();
    }
    return evidence;
}

}  // namespace boxtest
