#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// A regular expression in RE2's syntax, matched against bytes; a dot also matches a newline. Safe for text from a hostile guest:
/// the time is linear in the length of the text, and the memory is limited.
class TextPattern {
   public:
    enum class Case { matters, isIgnored };

    /// Throws UsageError that describes the error in the expression.
    explicit TextPattern(std::string_view expression, Case letters = Case::matters);
    TextPattern(const TextPattern&) = delete;
    TextPattern& operator=(const TextPattern&) = delete;
    ~TextPattern();

    /// True if the expression matches any part of the text.
    bool fits(std::string_view text) const;
    /// The text of the first group at the first match; nullopt without a match. Throws UsageError when the expression has no
    /// group.
    std::optional<std::string> caught(std::string_view text) const;
    /// The text with every match replaced by `by`, in which \1 stands for the first group.
    std::string replaced(std::string text, const std::string& by) const;

   private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace boxtest
