#pragma once

#include <string>

namespace boxtest {

/// 128 bits from the system's random source as 32 hexadecimal digits: nobody guesses it, and nothing has it by accident.
std::string randomToken();

}  // namespace boxtest
