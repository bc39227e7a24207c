#include "machine/ClosedKey.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "machine/AtomicFile.hpp"

namespace boxtest {

std::filesystem::path closedKey(const Manifest& manifest, const std::string& user) {
    const auto key = manifest.ssh.keyOf(user);
    struct stat facts {};
    if (::stat(key.c_str(), &facts) != 0) throw SystemError("cannot look at the key '" + key.string() + "'", errno);
    if (facts.st_uid == ::geteuid() && (facts.st_mode & 077) == 0) return key;

    const auto folder = runtimeFolder() / "keys";
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw SystemError("cannot make the folder '" + folder.string() + "'", errno);
    // One guest's key never stands for another's.
    const auto copy = folder / (manifest.id + "-" + user);
    writeFileAtomically(copy, readWholeFile(key), 0600);
    return copy;
}

}  // namespace boxtest
