#include "base/Pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/Error.hpp"

namespace boxtest {

Pipe Pipe::make() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw SystemError("cannot make a pipe", errno);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace boxtest
