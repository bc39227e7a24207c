#pragma once

#include <string_view>

namespace boxtest {

/// A text file of the source tree that is compiled in, by its name without folders: "roles.sql". CMakeLists.txt lists the files.
/// Empty if there is no file with this name.
std::string_view embeddedText(std::string_view name);

}  // namespace boxtest
