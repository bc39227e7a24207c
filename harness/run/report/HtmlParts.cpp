#include "report/HtmlParts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace boxtest::html {

std::string textOf(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double numberOf(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

const nlohmann::json& partOf(const nlohmann::json& object, const char* key) {
    static const nlohmann::json nothing = nlohmann::json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_structured() ? *found : nothing;
}

std::string sentenceOf(std::string_view name) {
    const auto is = [&](std::size_t at, int (*kind)(int)) {
        return at < name.size() && kind(static_cast<unsigned char>(name[at])) != 0;
    };
    std::string sentence;
    for (std::size_t i = 0; i < name.size(); ++i) {
        // A word begins in "TcpRefused" before the R, in "HBARule" before the R, in "PythonCode3" nowhere.
        const bool begins = i > 0 && is(i, std::isupper) && (is(i - 1, std::islower) || is(i + 1, std::islower));
        if (begins) sentence += ' ';
        // The letters of an abbreviation stay upper-case; "A" between two words is not an abbreviation.
        const bool lowered = begins && (!is(i + 1, std::isupper) || is(i + 2, std::islower));
        sentence += lowered ? static_cast<char>(std::tolower(static_cast<unsigned char>(name[i]))) : name[i];
    }
    return sentence;
}

std::string countOf(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

std::string sizeOf(double bytes) {
    const auto gibibytes = bytes / (1024.0 * 1024 * 1024);
    return gibibytes < 10 ? fmt::format("{:.1f} GiB", gibibytes) : fmt::format("{:.0f} GiB", gibibytes);
}

std::string classOf(std::string_view verdict) {
    if (verdict == "proven" || verdict == "passed" || verdict == "killed") return "good";
    if (verdict == "known gap") return "gap";
    if (verdict == "broken" || verdict == "failed" || verdict == "survived" || verdict == "wrong reason") return "bad";
    return "open";
}

void badge(HtmlWriter& page, std::string_view verdict) {
    page.element("span", {{"class", "badge " + classOf(verdict)}}, verdict);
}

HtmlWriter::Open scrolling(HtmlWriter& page, const std::string& label) {
    return page.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", label}});
}

void headings(HtmlWriter& page, const std::vector<std::string>& texts) {
    const auto head = page.open("thead");
    const auto row = page.open("tr");
    for (const auto& text : texts) page.element("th", {{"scope", "col"}}, text);
}

void fact(HtmlWriter& page, std::string_view term, std::string_view text) {
    if (text.empty()) return;
    const auto pair = page.open("div");
    page.element("dt", term);
    page.element("dd", text);
}

void codeFact(HtmlWriter& page, std::string_view term, std::string_view text, bool wide) {
    if (text.empty()) return;
    const auto pair = page.open("div", {{"class", wide ? "wide" : "narrow"}});
    page.element("dt", term);
    const auto definition = page.open("dd");
    page.element("code", text);
}

void foldedText(HtmlWriter& page, std::string_view title, std::string_view text) {
    const auto details = page.open("details", {{"class", "text"}});
    page.element("summary", title);
    page.element("pre", text);
}

void longText(HtmlWriter& page, std::string_view text, std::size_t shownLines) {
    std::size_t end = 0;
    for (std::size_t line = 0; line < shownLines && end != std::string_view::npos; ++line) {
        end = text.find('\n', end);
        if (end != std::string_view::npos) ++end;
    }
    const auto rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
    const auto lines = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')) + (rest.ends_with('\n') ? 0 : 1);
    // Too few lines are not folded.
    constexpr std::size_t worthFolding = 3;
    if (rest.empty() || lines < worthFolding) {
        page.element("pre", text);
        return;
    }
    page.element("pre", text.substr(0, end));
    foldedText(page, fmt::format("{} more lines", lines), rest);
}

std::vector<ScenarioView> scenariosOf(const nlohmann::json& report) {
    std::vector<ScenarioView> all;
    for (const auto& claim : partOf(report, "claims"))
        for (const auto& scenario : partOf(claim, "scenarios")) all.push_back({.claim = &claim, .scenario = &scenario});
    return all;
}

std::vector<EvidenceView> evidenceOf(const nlohmann::json& report, const std::function<bool(const std::string&)>& wanted) {
    std::vector<EvidenceView> all;
    for (const auto& scenario : scenariosOf(report))
        for (const auto& evidence : partOf(*scenario.scenario, "evidence"))
            if (wanted(textOf(evidence, "name"))) all.push_back({.of = scenario, .evidence = &evidence});
    return all;
}

}  // namespace boxtest::html
