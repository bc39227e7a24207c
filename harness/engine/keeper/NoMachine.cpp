#include "keeper/NoMachine.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "base/Folders.hpp"
#include "base/ShellQuote.hpp"
#include "keeper/Keeper.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// The path in "0000000000000000: 00000002 00000000 00010000 0001 01 18340 /run/user/0/boxtest/keeper.sock".
std::string pathIn(const std::string& line) {
    const auto at = line.find(" /");
    return at == std::string::npos ? "" : line.substr(at + 1);
}

bool isOurSocket(const fs::path& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) && found.st_uid == ::geteuid();
}

std::set<fs::path> otherRuntimeFolders(const fs::path& runtimeFolder, const fs::path& listening) {
    std::set<fs::path> folders;
    std::ifstream lines(listening);
    for (std::string line; std::getline(lines, line);) {
        const fs::path path = pathIn(line);
        const auto folder = path.parent_path();
        if (path == Keeper::socketIn(folder) && folder != runtimeFolder && folder.filename().string().starts_with("boxtest") &&
            isOurSocket(path))
            folders.insert(folder);
    }
    return folders;
}

}  // namespace

std::string describeNoMachine(const fs::path& runtimeFolder, const fs::path& listening) {
    auto text = fmt::format("no machine is up (looked in '{}'", runtimeFolder.string());
    if (const auto remark = whyNotXdgRuntimeDir(); !remark.empty()) text += "; " + remark;
    for (const auto& folder : otherRuntimeFolders(runtimeFolder, listening))
        text += folder.filename() == "boxtest"
                    ? fmt::format("; one of another session is up: XDG_RUNTIME_DIR={}", shellQuote(folder.parent_path().string()))
                    : fmt::format("; one is up in '{}': unset XDG_RUNTIME_DIR", folder.string());
    return text + ")";
}

}  // namespace boxtest
