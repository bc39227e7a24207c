#include "store/DiskUsage.hpp"

#include <sys/stat.h>

#include <system_error>

namespace boxtest {

std::uintmax_t diskUsage(const std::filesystem::path& folder) {
    std::uintmax_t size = 0;
    std::error_code failed;
    for (std::filesystem::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        struct stat found {};
        if (::lstat(entry->path().c_str(), &found) == 0) size += static_cast<std::uintmax_t>(found.st_blocks) * 512;
    }
    return size;
}

}  // namespace boxtest
