#include "BuiltFiles.hpp"

#include <algorithm>
#include <set>

#include "Sections.hpp"
#include "base/Error.hpp"
#include "machine/AtomicFile.hpp"

namespace boxtest {

namespace {

std::string shown(std::string path) {
    std::replace_if(
        path.begin(), path.end(), [](unsigned char letter) { return std::isspace(letter) != 0; }, '_');
    return path;
}

/// NixOS copies the program that a set-user-ID program is wrapped in out of the store, under another name.
bool isWrapper(const std::string& path) { return path.starts_with("/run/wrappers/"); }
constexpr auto wrapper = "/bin/security-wrapper";

}  // namespace

BuiltFiles BuiltFiles::load(const std::filesystem::path& checksums) {
    BuiltFiles built;
    for (const auto& line : splitLines(readWholeFile(checksums))) {
        const auto tab = line.rfind('\t');
        if (tab == std::string::npos || tab + 1 >= line.size() || line[tab + 1] != '/')
            throw GuestError("the guest's checksums have a line without a path: '" + line + "'");
        auto what = line.substr(0, tab);
        if (what.starts_with("-> ")) what = "->" + shown(what.substr(3));
        built.files_[shown(line.substr(tab + 1))] = std::move(what);
    }
    if (built.files_.empty()) throw GuestError("there are no checksums in '" + checksums.string() + "'");
    return built;
}

std::string BuiltFiles::verdict(const std::string& path, const std::string& what) const {
    if (isWrapper(path)) {
        return std::any_of(files_.begin(), files_.end(),
                           [&](const auto& file) { return file.second == what && file.first.ends_with(wrapper); })
                   ? "as-built"
                   : "differs";
    }
    const auto found = files_.find(path);
    if (found == files_.end()) return "unknown";
    return found->second == what ? "as-built" : "differs";
}

std::vector<std::string> BuiltFiles::judged(const std::vector<std::string>& rows) const {
    std::vector<std::string> result;
    std::set<std::pair<std::string, std::string>> seen;
    std::vector<std::pair<std::string, std::string>> wholes;
    for (const auto& row : rows) {
        const auto words = splitWords(row);
        if (words.size() == 4 && words[0] == "sum") {
            seen.emplace(words[1], words[3]);
            result.push_back("built " + words[1] + " " + verdict(words[3], words[2]) + " " + words[3]);
        } else if (words.size() == 3 && words[0] == "whole") {
            wholes.emplace_back(words[1], words[2] + "/");
        } else {
            result.push_back(row);
        }
    }
    for (const auto& [role, place] : wholes) {
        for (const auto& [path, what] : files_)
            if (path.starts_with(place) && !seen.contains({role, path})) result.push_back("built " + role + " gone " + path);
    }
    return result;
}

}  // namespace boxtest
