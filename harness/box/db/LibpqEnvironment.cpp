#include "db/LibpqEnvironment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

namespace boxtest {

std::map<std::string, std::string> clearLibpqEnvironment() {
    std::map<std::string, std::string> removed;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('='));
        // All libpq variables begin with "PG" and a capital letter; PG_COLOR and similar ones are for programs and do not affect
        // connections.
        if (name.size() > 2 && name.starts_with("PG") && name[2] >= 'A' && name[2] <= 'Z')
            removed.emplace(name, text.substr(std::min(name.size() + 1, text.size())));
    }
    for (const auto& [name, value] : removed) ::unsetenv(name.c_str());
    return removed;
}

std::map<std::string, std::string> libpqSettingsOfUser(std::map<std::string, std::string> removed) {
    constexpr std::string_view ofTheConnection[] = {"PGHOST",           "PGPORT",  "PGUSER",        "PGPASS",       "PGSERVICE",
                                                    "PGSYSCONFDIR",     "PGSSL",   "PGREQUIRE",     "PGGSS",        "PGKRB",
                                                    "PGCHANNELBINDING", "PGREALM", "PGMINPROTOCOL", "PGMAXPROTOCOL"};
    std::erase_if(removed, [&](const auto& variable) {
        return std::any_of(std::begin(ofTheConnection), std::end(ofTheConnection),
                           [&](std::string_view prefix) { return variable.first.starts_with(prefix); });
    });
    return removed;
}

}  // namespace boxtest
