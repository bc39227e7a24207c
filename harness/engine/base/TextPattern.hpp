#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// A regular expression of RE2's syntax over bytes, in which a dot stands for a line's end, too. What it is held against may be a
/// hostile guest's: the time is linear in the text's length, and the memory has a limit.
class TextPattern {
   public:
    enum class Case { matters, isIgnored };

    /// Throws UsageError with what is wrong in the expression.
    explicit TextPattern(std::string_view expression, Case letters = Case::matters);
    TextPattern(const TextPattern&) = delete;
    TextPattern& operator=(const TextPattern&) = delete;
    ~TextPattern();

    /// Whether it fits some part of the text.
    bool fits(std::string_view text) const;
    /// What its first group has caught in the first place that it fits. Throws UsageError when it has no group.
    std::optional<std::string> caught(std::string_view text) const;
    /// The text with each place that it fits replaced. `by`: \1 is its first group.
    std::string replaced(std::string text, const std::string& by) const;

   private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace boxtest
