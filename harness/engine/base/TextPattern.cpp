#include "base/TextPattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/Error.hpp"

namespace boxtest {

namespace {

RE2::Options optionsFor(TextPattern::Case letters) {
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_case_sensitive(letters == TextPattern::Case::matters);
    return options;
}

}  // namespace

struct TextPattern::Compiled {
    RE2 expression;
};

TextPattern::TextPattern(std::string_view expression, Case letters)
    : compiled_(new Compiled{RE2(std::string(expression), optionsFor(letters))}) {
    if (!compiled_->expression.ok())
        throw UsageError(fmt::format("'{}' is not a regular expression: {}", expression, compiled_->expression.error()));
}

TextPattern::~TextPattern() = default;

bool TextPattern::fits(std::string_view text) const {
    return RE2::PartialMatch({text.data(), text.size()}, compiled_->expression);
}

std::optional<std::string> TextPattern::caught(std::string_view text) const {
    if (compiled_->expression.NumberOfCapturingGroups() < 1)
        throw UsageError(fmt::format("'{}' has no group", compiled_->expression.pattern()));
    std::string group;
    if (!RE2::PartialMatch({text.data(), text.size()}, compiled_->expression, &group)) return {};
    return group;
}

std::string TextPattern::replaced(std::string text, const std::string& by) const {
    RE2::GlobalReplace(&text, compiled_->expression, by);
    return text;
}

}  // namespace boxtest
