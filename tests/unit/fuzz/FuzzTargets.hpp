#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace boxtest::fuzz {

/// What reads text or bytes that come from a guest, from QEMU, from a worker or from a file that a person wrote, by the name of
/// the folder in tests/fuzz that holds its corpus. Whatever the input is, a target returns: an Error of the house's is an answer,
/// any other exception leaves it, and so does a rule that does not hold (std::logic_error).
using Target = std::function<void(std::string_view input)>;
const std::map<std::string, Target>& targets();

}  // namespace boxtest::fuzz
