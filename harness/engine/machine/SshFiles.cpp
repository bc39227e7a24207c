#include "machine/SshFiles.hpp"

#include <fmt/format.h>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

std::string plain(const std::string& name) {
    std::string text;
    for (const char c : name) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        text += isPlain ? std::string(1, c) : fmt::format("+{:02x}", static_cast<unsigned char>(c));
    }
    return text;
}

bool holds(const std::filesystem::path& file, const std::string& text) {
    try {
        return readWholeFile(file) == text;
    } catch (const SystemError&) {
        return false;
    }
}

}  // namespace

std::string putKey(const Guest::Ssh& ssh, const std::string& user, const std::filesystem::path& folder) {
    const auto key = readWholeFile(ssh.keyOf(user));
    const auto name = "key-" + plain(user);
    if (!holds(folder / name, key)) writeFileAtomically(folder / name, key, 0600);
    return name;
}

}  // namespace boxtest
