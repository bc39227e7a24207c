#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// Splits a stream of bytes into lines, in linear time for any size of pieces. Passive: the caller reads and passes the bytes.
class LineBuffer {
   public:
    /// `longest`: bytes that a line may have; who sends longer ones is not to be listened to.
    explicit LineBuffer(std::size_t longest) : longest_(longest) {}

    void add(std::string_view bytes);
    /// The next line that is whole, without its end.
    std::optional<std::string> next();

    /// After next() had none: the line that has begun is longer than any may be.
    bool isTooLong() const { return bytes_.size() - begin_ > longest_; }
    /// What has come of a line that is not whole yet.
    std::string_view unfinished() const { return std::string_view(bytes_).substr(begin_); }

   private:
    std::size_t longest_;
    std::string bytes_;
    std::size_t begin_ = 0;     ///< Of the next line.
    std::size_t searched_ = 0;  ///< No line ends between `begin_` and here.
};

}  // namespace boxtest
