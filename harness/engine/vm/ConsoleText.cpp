#include "vm/ConsoleText.hpp"

#include <algorithm>

namespace boxtest {

namespace {

bool isSpecial(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }

}  // namespace

std::string ConsoleText::clean(std::string_view bytes) {
    // ECMA-48: ESC [ parameters final; ESC ] or P, X, ^, _ text, ended by BEL or ESC \; ESC ( and similar take one more byte.
    constexpr std::size_t longestSequence = 256;
    std::string plain;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (state_ == State::text) {
            const auto run =
                std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), isSpecial) - bytes.begin();
            plain += bytes.substr(at, static_cast<std::size_t>(run) - at);
            at = static_cast<std::size_t>(run);
            if (at == bytes.size()) break;
        }
        const char c = bytes[at];
        const auto byte = static_cast<unsigned char>(c);
        if (state_ == State::carriageReturn) {
            // Also before a newline: "\r\r\n" is one line end.
            if (c != '\n' && c != '\r') plain += '\n';
            if (c != '\r') state_ = State::text;
        }
        // A newline, or too many bytes, end every sequence: an incomplete one must not swallow the text after it.
        if (state_ != State::text && state_ != State::carriageReturn && (c == '\n' || ++length_ > longestSequence))
            state_ = State::text;
        switch (state_) {
            case State::carriageReturn: break;
            case State::text:
                if (c == '\r') {
                    state_ = State::carriageReturn;
                } else if (c == '\x1b') {
                    state_ = State::escape;
                    length_ = 0;
                } else if (!isSpecial(c)) {
                    plain += c;
                }
                break;
            case State::escape:
                if (c == '[')
                    state_ = State::csi;
                else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
                    state_ = State::string;
                else if (byte >= 0x20 && byte <= 0x2f)
                    state_ = State::charset;
                else if (c != '\x1b')
                    state_ = State::text;
                break;
            case State::charset:
                if (byte < 0x20 || byte > 0x2f) state_ = State::text;
                break;
            case State::csi:
                if (byte >= 0x40 && byte <= 0x7e) state_ = State::text;
                break;
            case State::string:
                if (c == '\a') state_ = State::text;
                if (c == '\x1b') state_ = State::stringEscape;
                break;
            case State::stringEscape: state_ = c == '\\' ? State::text : State::string; break;
        }
    }
    return plain;
}

}  // namespace boxtest
