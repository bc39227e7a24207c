#include "base/FileDescriptor.hpp"

#include <unistd.h>

namespace boxtest {

void FileDescriptor::reset() noexcept {
    // Linux closes the descriptor even when close(2) reports an error: never retry.
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace boxtest
