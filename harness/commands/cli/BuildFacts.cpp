#include "cli/BuildFacts.hpp"

#include <fmt/format.h>
#include <libssh/libssh.h>
#include <openssl/crypto.h>

#include <boost/version.hpp>
#include <cstdlib>
#include <pqxx/version>

namespace boxtest {

namespace {

constexpr std::size_t shortCommit = 12;

/// Returns "0.11.5" for "0.11.5/openssl/zlib".
std::string versionOfLibssh() {
    const std::string text = ssh_version(0);
    return text.substr(0, text.find('/'));
}

}  // namespace

BuildFacts BuildFacts::ofThisProgram(std::string commit) {
    if (const char* told = std::getenv("BOXTEST_COMMIT"); commit.empty() && told) commit = told;
    return {
        .version = BOXTEST_VERSION,
        .released = BOXTEST_RELEASED,
        .commit = std::move(commit),
        .compiler = BOXTEST_COMPILER,
        .buildType = BOXTEST_BUILD_TYPE,
        .libraries = {{"libssh", versionOfLibssh()},
                      {"libpqxx", PQXX_VERSION},
                      {"Boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
                      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)}}};
}

std::string BuildFacts::shortText() const {
    if (commit.empty()) return version;
    return fmt::format("{} ({}{})", version, commit.substr(0, shortCommit),
                       commit.ends_with(" with changes") ? " with changes" : "");
}

std::string BuildFacts::text() const {
    auto lines = fmt::format("boxtest {}\n", version);
    const auto add = [&](const std::string& name, const std::string& value) {
        lines += fmt::format("{:<11} {}\n", name, value.empty() ? "unknown" : value);
    };
    add("commit", commit);
    add("compiler", compiler);
    add("build type", buildType);
    for (const auto& [library, its_version] : libraries) add(library, its_version);
    lines.pop_back();
    return lines;
}

}  // namespace boxtest
