#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Colour where a person sees it, nothing elsewhere.
class TextStyle {
   public:
    explicit TextStyle(bool colour) : colour_(colour) {}

    /// For a stream of this process: colour when it is a terminal that can (TERM is not "dumb"), and NO_COLOR
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

/// True for a terminal on which a line can be written again.
bool isCapableTerminal(int fd);

/// Text of another machine, fit for a person's terminal: no control characters but newline and tab ("\x1b" and so on are
/// spelled out), no broken UTF-8.
std::string printable(std::string_view text);

}  // namespace boxtest
