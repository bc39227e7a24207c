#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// Splits a stream of bytes into lines, in linear time for any size of pieces. Passive: the caller reads and passes the bytes.
class LineBuffer {
   public:
    /// `longest`: maximum bytes of a line; the caller should stop reading from a peer that sends longer lines.
    explicit LineBuffer(std::size_t longest) : longest_(longest) {}

    void add(std::string_view bytes);
    /// The next complete line, without its newline.
    std::optional<std::string> next();

    /// Valid after next() returned nothing: true when the unfinished line is longer than allowed.
    bool isTooLong() const { return bytes_.size() - begin_ > longest_; }
    /// The bytes of the unfinished last line.
    std::string_view unfinished() const { return std::string_view(bytes_).substr(begin_); }

   private:
    std::size_t longest_;
    std::string bytes_;
    std::size_t begin_ = 0;     ///< Start of the next line.
    std::size_t searched_ = 0;  ///< There is no newline between `begin_` and here.
};

}  // namespace boxtest
