#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Colours text for terminals, and leaves it unchanged elsewhere.
class TextStyle {
   public:
    explicit TextStyle(bool colour) : colour_(colour) {}

    /// For a stream of this process: in colour if it is a terminal that supports it (TERM is not "dumb"), and NO_COLOR
    /// (https://no-color.org) is unset or empty.
    static TextStyle of(int fd);

    std::string good(std::string_view text) const { return paint("32", text); }
    std::string bad(std::string_view text) const { return paint("31", text); }
    std::string doubtful(std::string_view text) const { return paint("33", text); }
    std::string strong(std::string_view text) const { return paint("1", text); }

    bool colour() const { return colour_; }

   private:
    std::string paint(std::string_view code, std::string_view text) const;
    bool colour_;
};

/// True for a terminal on which a line can be overwritten.
bool isCapableTerminal(int fd);

/// Makes text from another machine safe for the user's terminal: control characters except newline and tab, and broken UTF-8, are
/// replaced by escape text ("\x1b" and so on).
std::string printable(std::string_view text);

}  // namespace boxtest
