#include "report/HtmlWriter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "base/Base64.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

/// Characters that change the order of the text around them (Unicode Annex 9): a name could look like another one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> directionCharacters{{
    {"\u061C", "<U+061C>"},
    {"\u200E", "<U+200E>"},
    {"\u200F", "<U+200F>"},
    {"\u202A", "<U+202A>"},
    {"\u202B", "<U+202B>"},
    {"\u202C", "<U+202C>"},
    {"\u202D", "<U+202D>"},
    {"\u202E", "<U+202E>"},
    {"\u2066", "<U+2066>"},
    {"\u2067", "<U+2067>"},
    {"\u2068", "<U+2068>"},
    {"\u2069", "<U+2069>"},
}};

std::string withoutDirections(std::string text) {
    for (const auto& [character, name] : directionCharacters)
        for (auto at = text.find(character); at != std::string::npos; at = text.find(character, at + name.size()))
            text.replace(at, character.size(), name);
    return text;
}

/// These have no end tag (HTML, 13.1.2 "void elements").
bool isVoid(std::string_view name) {
    static constexpr std::array<std::string_view, 5> names{"br", "col", "hr", "input", "wbr"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string HtmlWriter::escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char letter : withoutDirections(printable(text))) {
        switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += letter;
        }
    }
    return out;
}

void HtmlWriter::begin(std::string_view title, Literal styles) {
    html_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n";
    html_ += fmt::format("<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n", escaped(title), styles.text());
}

void HtmlWriter::end() { html_ += "</body>\n</html>\n"; }

void HtmlWriter::start(std::string_view name, Attributes attributes) {
    html_ += fmt::format("<{}", name);
    for (const auto& attribute : attributes) {
        html_ += fmt::format(" {}=\"{}\"", attribute.name.text(), escaped(attribute.value));
    }
    html_ += '>';
}

void HtmlWriter::close() {
    const auto name = open_.back();
    open_.pop_back();
    if (!isVoid(name)) html_ += fmt::format("</{}>", name);
    static constexpr std::array<std::string_view, 12> onLines{"section", "div", "table", "tr",  "details", "ul",
                                                              "ol",      "li",  "dl",    "svg", "header",  "pre"};
    if (std::find(onLines.begin(), onLines.end(), name) != onLines.end()) html_ += '\n';
}

HtmlWriter::Open HtmlWriter::open(ElementName name, Attributes attributes) {
    start(name.text(), attributes);
    open_.push_back(name.text());
    return Open(*this);
}

void HtmlWriter::element(ElementName name, Attributes attributes, std::string_view content) {
    const auto self = open(name, attributes);
    // A newline directly after <pre> is ignored (HTML, 13.1.2.5), so add one.
    if (name.text() == "pre") html_ += '\n';
    text(content);
}

void HtmlWriter::text(std::string_view text) { html_ += escaped(text); }

void HtmlWriter::fragmentLink(std::string_view id, std::string_view text, Attributes attributes) {
    html_ += fmt::format("<a href=\"#{}\"", escaped(id));
    for (const auto& attribute : attributes) html_ += fmt::format(" {}=\"{}\"", attribute.name.text(), escaped(attribute.value));
    html_ += fmt::format(">{}</a>", escaped(text));
}

void HtmlWriter::pngImage(std::string_view png, std::string_view description) {
    html_ += fmt::format("<img src=\"data:image/png;base64,{}\" alt=\"{}\">", base64(png), escaped(description));
}

std::string htmlId(std::string_view prefix, std::string_view text) {
    std::string id(prefix);
    id += '-';
    bool changed = false;
    for (const char letter : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-';
        changed = changed || (!plain && letter != '.' && letter != ' ');
        id += plain ? letter : '-';
    }
    // The hash gives different ids to texts that differ in replaced characters only.
    return changed ? fmt::format("{}-{:x}", id, std::hash<std::string_view>{}(text)) : id;
}

}  // namespace boxtest
