#include "cli/ManPage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace boxtest {

namespace {

constexpr std::size_t widthOfSource = 78;

/// Escapes roff's special characters; dashes are written so that readers can copy them.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\\': out += "\\e"; break;
            case '-': out += "\\-"; break;
            case '\'': out += "\\(aq"; break;
            case '`': out += "\\(ga"; break;
            case '^': out += "\\(ha"; break;
            case '~': out += "\\(ti"; break;
            default: out += c;
        }
    }
    return out;
}

/// Escapes a dot at the beginning of a line, which would start a roff request.
std::string lineOf(std::string_view text) { return (text.starts_with('.') ? "\\&" : "") + escaped(text) + "\n"; }

/// Text that roff fills: line breaks in the source do not matter.
std::string filled(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::string out, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && line.size() + 1 + word.size() > widthOfSource) {
            out += lineOf(line);
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? out : out + lineOf(line);
}

/// A quoted argument of a macro.
std::string macroArgument(std::string_view text) {
    auto out = escaped(text);
    for (auto at = out.find('"'); at != std::string::npos; at = out.find('"', at + 4)) out.replace(at, 1, "\\(dq");
    return "\"" + out + "\"";
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// "Examples:" on a line of its own is a heading.
bool isHeading(const std::string& line) {
    return line.size() > 1 && line.ends_with(':') && std::isupper(static_cast<unsigned char>(line.front())) != 0 &&
           line.find_first_not_of("abcdefghijklmnopqrstuvwxyz ", 1) == line.size() - 1;
}

/// Indented lines are printed verbatim, other lines are filled; empty lines separate paragraphs.
std::string footerText(const std::string& footer, bool withHeadings) {
    std::string out, paragraph;
    bool verbatim = false;
    // After a heading, the paragraph needs no separator.
    bool begun = false;
    const auto divide = [&] {
        if (!begun) out += ".PP\n";
        begun = true;
    };
    const auto endParagraph = [&] {
        if (!paragraph.empty()) {
            divide();
            out += filled(paragraph);
            begun = false;
        }
        paragraph.clear();
    };
    const auto endVerbatim = [&] {
        if (verbatim) {
            out += ".fi\n.RE\n";
            begun = false;
        }
        verbatim = false;
    };
    for (const auto& line : linesOf(footer)) {
        if (withHeadings && isHeading(line)) {
            endParagraph();
            endVerbatim();
            auto title = line.substr(0, line.size() - 1);
            std::transform(title.begin(), title.end(), title.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            out += ".SH " + macroArgument(title) + "\n";
            begun = true;
        } else if (line.starts_with("  ")) {
            endParagraph();
            if (!verbatim) {
                divide();
                out += ".RS 4\n.nf\n";
            }
            verbatim = true;
            out += lineOf(line.substr(2));
        } else {
            endVerbatim();
            if (line.empty())
                endParagraph();
            else
                paragraph += (paragraph.empty() ? "" : " ") + line;
        }
    }
    endParagraph();
    endVerbatim();
    return out;
}

std::string optionText(const CommandDescription::Option& option, bool positional) {
    std::vector<std::string> names;
    for (const auto& name : option.names) names.push_back((positional ? "\\fI" : "\\fB") + escaped(name) + "\\fR");
    auto head = fmt::to_string(fmt::join(names, ", "));
    if (!positional && !option.value.empty()) head += " \\fI" + escaped(option.value) + "\\fR";
    auto text = option.description;
    if (!option.choices.empty()) text += fmt::format(" ({})", fmt::join(option.choices, ", "));
    if (!option.defaultText.empty()) text += fmt::format(" (default: {})", option.defaultText);
    return ".TP\n" + head + "\n" + (text.empty() ? "\\&\n" : filled(text));
}

std::string optionsText(const CommandDescription& command) {
    std::string out;
    for (const auto& one : command.positionals) out += optionText(one, true);
    for (const auto& group : command.groups) {
        if (!group.title.empty()) out += ".PP\n\\fB" + escaped(group.title) + "\\fR: " + filled(group.description);
        for (const auto& one : group.options)
            // --help is left out: every command has it.
            if (one.names.back() != "--help") out += optionText(one, false);
    }
    return out;
}

std::string commandText(const CommandDescription& command, const std::string& parent) {
    auto out = ".SS " + macroArgument(command.usage(parent)) + "\n" + filled(command.description + ".") + optionsText(command) +
               footerText(command.footer, false);
    for (const auto& below : command.commands) out += commandText(below, parent + " " + command.name);
    return out;
}

}  // namespace

std::string manPage(const CommandDescription& program, const std::string& version, const std::string& released) {
    auto title = program.name;
    std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto page = fmt::format(".TH {} 1 {} {} {}\n", title, released, macroArgument(program.name + " " + version),
                            macroArgument("User Commands"));
    page += ".SH NAME\n" + program.name + " \\- proves that the Odoo Box keeps its promises\n";
    page += ".SH SYNOPSIS\n.B " + program.name + "\n" + filled("[--help] [--version] COMMAND [OPTIONS] [WORDS...]");
    page += ".SH DESCRIPTION\n" + filled(program.description) + optionsText(program);
    page += ".SH COMMANDS\n" + filled("Each has --help, which prints what stands here.");
    for (const auto& command : program.commands) page += commandText(command, program.name);
    return page + footerText(program.footer, true);
}

}  // namespace boxtest
