#include "report/TextStyle.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace boxtest {

namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// Length of the well-formed UTF-8 sequence at the start of the text (RFC 3629, section 4), 0 if there is none.
std::size_t sequenceLength(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first == 0xE0) return tail(1, 0xA0) && tail(2) ? 3 : 0;
    if (first == 0xED) return tail(1, 0x80, 0x9F) && tail(2) ? 3 : 0;
    if (first >= 0xE1 && first <= 0xEF) return tail(1) && tail(2) ? 3 : 0;
    if (first == 0xF0) return tail(1, 0x90) && tail(2) && tail(3) ? 4 : 0;
    if (first >= 0xF1 && first <= 0xF3) return tail(1) && tail(2) && tail(3) ? 4 : 0;
    if (first == 0xF4) return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0;
    return 0;
}

/// U+0080 to U+009F: terminals interpret some of them as commands.
bool isControlSequence(std::string_view sequence) {
    return sequence.size() == 2 && sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

bool isCapableTerminal(int fd) {
    const auto terminal = environment("TERM");
    return ::isatty(fd) == 1 && !terminal.empty() && terminal != "dumb";
}

TextStyle TextStyle::of(int fd) { return TextStyle(isCapableTerminal(fd) && environment("NO_COLOR").empty()); }

std::string TextStyle::paint(std::string_view code, std::string_view text) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const bool control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
        const auto length = control ? 0 : sequenceLength(text);
        if (length == 0 || isControlSequence(text.substr(0, length))) {
            for (const char c : text.substr(0, std::max<std::size_t>(length, 1)))
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            text.remove_prefix(std::max<std::size_t>(length, 1));
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

}  // namespace boxtest
