#include "Sections.hpp"

#include <cctype>
#include <sstream>

#include "base/Error.hpp"

namespace boxtest {

Sections Sections::parse(std::string_view text) {
    Sections sections;
    std::string* part = nullptr;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("== ")) {
            const auto name = line.substr(3);
            if (!sections.parts_.contains(name)) sections.order_.push_back(name);
            part = &sections.parts_[name];
        } else if (part) {
            *part += line + "\n";
        }
    }
    return sections;
}

const std::string& Sections::at(const std::string& name) const {
    const auto found = parts_.find(name);
    if (found == parts_.end()) throw GuestError("the guest's answer has no part '" + name + "': the script broke off");
    return found->second;
}

std::string Sections::line(const std::string& name) const {
    const auto& text = at(name);
    return text.substr(0, text.find('\n'));
}

std::vector<std::string> Sections::lines(const std::string& name) const { return splitLines(at(name)); }

std::vector<std::string> Sections::namesAfter(std::string_view prefix) const {
    std::vector<std::string> names;
    for (const auto& name : order_) {
        if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
    }
    return names;
}

std::vector<std::string> splitWords(std::string_view text) {
    std::istringstream stream{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::vector<std::string> splitLines(std::string_view text) {
    std::istringstream stream{std::string(text)};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> splitAt(std::string_view text, char separator) {
    std::vector<std::string> fields{""};
    for (const char letter : text) {
        if (letter == separator) {
            fields.emplace_back();
        } else {
            fields.back() += letter;
        }
    }
    return fields;
}

std::map<std::string, std::string> keyValues(std::string_view text, char separator) {
    std::map<std::string, std::string> values;
    for (const auto& line : splitLines(text)) {
        const auto cut = line.find(separator);
        if (cut == std::string::npos) continue;
        auto begin = cut + 1;
        while (begin < line.size() && std::isspace(static_cast<unsigned char>(line[begin]))) ++begin;
        values[line.substr(0, cut)] = line.substr(begin);
    }
    return values;
}

}  // namespace boxtest
