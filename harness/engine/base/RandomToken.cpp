#include "base/RandomToken.hpp"

#include <fmt/format.h>

#include <random>

namespace boxtest {

std::string randomToken() {
    std::random_device device;
    std::string token;
    for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", device());
    return token;
}

}  // namespace boxtest
