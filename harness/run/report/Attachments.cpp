#include "report/Attachments.hpp"

#include <fmt/format.h>

#include <system_error>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longestName = 100;
constexpr auto nameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool isPlain(std::string_view name) {
    return !name.empty() && name.size() <= longestName && name.front() != '.' &&
           name.find_first_not_of(nameCharacters) == std::string_view::npos;
}

}  // namespace

void Attachments::add(const std::string& scenario, const std::string& name, std::string_view content) const {
    if (!isPlain(scenario) || !isPlain(name))
        throw UsageError(
            fmt::format("{} cannot attach '{}': it needs a file name of letters, digits, '.', '_' and '-'", scenario, name));
    const auto own = folder_ / scenario;
    files::makeFolders(own);
    if (files::exists(own / name)) throw UsageError(fmt::format("{} has attached '{}' already", scenario, name));
    writeFileAtomically(own / name, content, 0600);
}

void Attachments::remove(const std::string& scenario) const { files::removeAll(folder_ / scenario); }

std::vector<fs::path> Attachments::of(const std::string& scenario) const { return entriesOf(folder_ / scenario); }

}  // namespace boxtest
