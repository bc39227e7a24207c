#pragma once

#include <string_view>

namespace boxtest {

/// A text file of the source tree that was compiled in, by its name without folders: "roles.sql". CMakeLists.txt says which
/// there are. Empty when there is none of that name.
std::string_view embeddedText(std::string_view name);

}  // namespace boxtest
