#pragma once

#include <string>

namespace boxtest {

/// 128 bits from the system's random source as 32 hexadecimal digits: cannot be guessed, and does not occur by accident.
std::string randomToken();

}  // namespace boxtest
