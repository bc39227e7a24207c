#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Converts the output of a serial console to plain text, piece by piece. Removes escape sequences, control characters, and the
/// carriage return of a line end; a carriage return that stands alone becomes a newline. The result is safe to show on a
/// terminal.
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
