#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// A string of a JSON object, empty if it is missing.
std::string textOf(const nlohmann::json& object, const char* key);
double numberOf(const nlohmann::json& object, const char* key);
/// An array or object of a JSON object, an empty one if it is missing.
const nlohmann::json& partOf(const nlohmann::json& object, const char* key);

/// "EveryRuleIsPeer" -> "Every rule is peer"; readable text next to the name itself.
std::string sentenceOf(std::string_view name);
/// "3 scenarios", "1 scenario"
std::string countOf(std::size_t count, std::string_view noun);
std::string joined(const std::vector<std::string>& words, std::string_view separator);
/// "4.1 GiB"; no fraction from 10 GiB on.
std::string sizeOf(double bytes);

/// The CSS class for a verdict of a claim or a scenario: "good", "gap", "bad", "open".
std::string classOf(std::string_view verdict);
/// Writes the verdict as a coloured word.
void badge(HtmlWriter& page, std::string_view verdict);

/// A region that scrolls when its content is wider than the screen, with the keyboard too; `label` must be unique on the page.
HtmlWriter::Open scrolling(HtmlWriter& page, const std::string& label);
/// A heading row of a table.
void headings(HtmlWriter& page, const std::vector<std::string>& texts);
/// A term with its text, inside a <dl>; writes nothing for an empty text.
void fact(HtmlWriter& page, std::string_view term, std::string_view text);
/// As fact(), for text that readers copy, such as a command or a hash.
void codeFact(HtmlWriter& page, std::string_view term, std::string_view text, bool wide = false);
/// A text of several lines, folded behind a title that opens it.
void foldedText(HtmlWriter& page, std::string_view title, std::string_view text);
/// A <pre> with `shownLines` lines; the other lines are folded below it.
void longText(HtmlWriter& page, std::string_view text, std::size_t shownLines);

/// A scenario of a report, with its claim.
struct ScenarioView {
    const nlohmann::json* claim;
    const nlohmann::json* scenario;

    std::string name() const { return textOf(*scenario, "scenario"); }
    std::string verdict() const { return textOf(*scenario, "verdict"); }
    std::string id() const { return htmlId("scenario", name()); }
};
std::vector<ScenarioView> scenariosOf(const nlohmann::json& report);

/// A file that a scenario attached.
struct EvidenceView {
    ScenarioView of;
    const nlohmann::json* evidence;

    std::string name() const { return textOf(*evidence, "name"); }
    std::string text() const { return textOf(*evidence, "text"); }
    /// A discarded value if the text is not JSON.
    nlohmann::json json() const { return nlohmann::json::parse(text(), nullptr, false); }
};
std::vector<EvidenceView> evidenceOf(const nlohmann::json& report, const std::function<bool(const std::string& name)>& wanted);

}  // namespace boxtest::html
