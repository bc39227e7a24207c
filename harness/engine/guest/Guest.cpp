#include "guest/Guest.hpp"

#include "base/Error.hpp"

namespace boxtest {

const std::filesystem::path& Guest::Ssh::keyOf(const std::string& user) const {
    if (const auto found = privateKeys.find(user); found != privateKeys.end()) return found->second;
    std::string known;
    for (const auto& [name, key] : privateKeys) known += (known.empty() ? "" : ", ") + name;
    throw UsageError("the guest has no SSH key for '" + user + "'; it has keys for: " + known);
}

}  // namespace boxtest
