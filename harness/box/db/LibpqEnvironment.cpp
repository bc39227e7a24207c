#include "db/LibpqEnvironment.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

void clearLibpqEnvironment() {
    std::vector<std::string> names;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('='));
        // All libpq variables begin with "PG" and a capital letter; PG_COLOR and similar ones are for programs and do not affect
        // connections.
        if (name.size() > 2 && name.starts_with("PG") && name[2] >= 'A' && name[2] <= 'Z') names.emplace_back(name);
    }
    for (const auto& name : names) ::unsetenv(name.c_str());
}

}  // namespace boxtest
