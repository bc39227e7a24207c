#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// The rows that a survey of a machine may show. A text of lines, `#` begins a comment:
///
///     says door       a door that nobody expects
///     must door       tcp 0.0.0.0:{ssh} - host ssh.service:root
///     may:nixos door  unix-stream /run/nscd/socket root:0666 host nscd.service:nscd
///
/// `must`: such a row is there; `may`: it is no finding. With `:FLAVOUR` the line counts for that flavour of the guest only. In a
/// pattern `*` stands for any text without a blank, `**` for any text, `{name}` for a value: with several values the line stands
/// for one of each. `says` is the sentence about an unexpected row of that kind, which is the row's first word.
class ExpectedRows {
   public:
    using Values = std::map<std::string, std::vector<std::string>>;

    /// Throws std::invalid_argument naming the line that it cannot read, or the value that there is none of.
    static ExpectedRows parse(std::string_view text, std::string_view flavour, const Values& values);

    /// One sentence for each row that no line allows, and for each `must` line without a row. Only rows and lines of these kinds
    /// are looked at; without any, all are.
    std::vector<std::string> findings(const std::vector<std::string>& rows, const std::vector<std::string>& kinds = {}) const;

    /// Whether a text is what a pattern describes.
    static bool matches(std::string_view pattern, std::string_view text);

   private:
    struct Line {
        std::string pattern;
        bool must;
    };
    std::vector<Line> lines_;
    std::map<std::string, std::string> sentences_;
};

}  // namespace boxtest
