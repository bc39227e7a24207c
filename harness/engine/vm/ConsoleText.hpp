#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Turns what a serial console sends into plain text, piece by piece: escape sequences and control characters go, and so does
/// the carriage return of a line end; one that stands alone starts a new line. What is left is safe to show on a terminal.
class ConsoleText {
   public:
    /// The plain text of the next bytes. A sequence may begin in one piece and end in a later one.
    std::string clean(std::string_view bytes);

   private:
    enum class State { text, carriageReturn, escape, csi, string, stringEscape, charset };
    State state_ = State::text;
    std::size_t length_ = 0;
};

}  // namespace boxtest
