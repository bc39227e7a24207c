#include "MountTable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

std::vector<std::string> normalisedMounts(const std::vector<std::string>& mountinfo, const std::string& unit) {
    static const std::regex privateFolder("systemd-private-[^/]*");
    const std::string credentials = "/run/credentials/";
    std::vector<std::string> mounts;
    for (const auto& line : mountinfo) {
        const auto fields = splitWords(line);
        // Six fields, optional ones up to a dash, and three.
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (fields.size() < 9 || fields.end() - dash < 4) throw GuestError("cannot read the mount '" + line + "'");
        if (fields[4].starts_with(credentials) && fields[4] != credentials + unit) continue;
        const auto mount = fmt::format("{} {} {} {} {} {}", fields[4], fields[5], fields[3], dash[1], dash[2], dash[3]);
        mounts.push_back(std::regex_replace(mount, privateFolder, "systemd-private"));
    }
    std::sort(mounts.begin(), mounts.end());
    return mounts;
}

std::vector<std::string> mountDifferences(const std::vector<std::string>& here, const std::string& hereIs,
                                          const std::vector<std::string>& there, const std::string& thereIs) {
    std::vector<std::string> differences;
    const auto add = [&](const auto& one, const auto& other, const std::string& name) {
        std::vector<std::string> only;
        std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(only));
        for (const auto& mount : only) differences.push_back("only " + name + ": " + mount);
    };
    add(here, there, hereIs);
    add(there, here, thereIs);
    return differences;
}

}  // namespace boxtest
