#pragma once

#include <cctype>
#include <cstdint>
#include <sstream>
#include <string>

namespace probe {

/// The names below one place of a walk, in any order: how many, and the sum of their FNV-1a digests (64 bits). The probe counts
/// what is on the machine, and BuiltFiles what was installed.
class Names {
   public:
    /// The folder under which a file is counted: at most three components, "/usr/lib/systemd" of "/usr/lib/systemd/system/a".
    static std::string placeOf(const std::string& path) {
        std::size_t end = 0;
        for (int component = 0; component < 3; ++component) {
            const auto next = path.find('/', end + 1);
            if (next == std::string::npos) break;
            end = next;
        }
        return path.substr(0, end);
    }

    /// A blank counts as "_", as which surveys show it.
    void add(const std::string& path) {
        std::uint64_t digest = 14695981039346656037U;
        for (const char letter : path) {
            const auto byte = static_cast<unsigned char>(letter);
            digest = (digest ^ (std::isspace(byte) != 0 ? static_cast<unsigned char>('_') : byte)) * 1099511628211U;
        }
        ++count_;
        digest_ += digest;
    }

    std::uint64_t count() const { return count_; }
    /// The number, a colon, and the digest in hexadecimal.
    std::string text() const {
        std::ostringstream text;
        text << count_ << ':' << std::hex << digest_;
        return text.str();
    }

   private:
    std::uint64_t count_ = 0, digest_ = 0;
};

}  // namespace probe
