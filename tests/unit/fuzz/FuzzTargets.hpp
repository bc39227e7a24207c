#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace boxtest::fuzz {

/// A parser of text or bytes from a guest, from QEMU, from a worker or from a file written by a person. A target must return for
/// every input; a boxtest::Error inside it is a valid answer. Any other exception propagates. A violated rule throws
/// std::logic_error.
using Target = std::function<void(std::string_view input)>;
/// All targets by the name of the folder in tests/fuzz that holds the corpus.
const std::map<std::string, Target>& targets();

}  // namespace boxtest::fuzz
