#pragma once

#include <string>

namespace boxtest::paths {

// Absolute paths of this build. They stand in one generated file: a compiler cache finds all others, whatever folder they are
// built in.
extern const char* const fakeQemu;
extern const char* const fakeWorker;
extern const char* const probe;
extern const char* const faultShim;  ///< empty in a build with a sanitizer
extern const char* const program;    ///< boxtest; boxtest-scenarios lies beside it
extern const char* const sourceFolder;

/// A file of the source tree.
inline std::string source(const std::string& relative) { return std::string(sourceFolder) + "/" + relative; }

}  // namespace boxtest::paths
