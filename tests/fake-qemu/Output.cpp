#include "Output.hpp"

#include <unistd.h>

#include <cstdlib>

namespace boxtest::fakeqemu {

void writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void die(int status, const std::string& words) {
    writeAll(STDERR_FILENO, words + "\n");
    std::_Exit(status);
}

}  // namespace boxtest::fakeqemu
