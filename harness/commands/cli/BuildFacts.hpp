#pragma once

#include <string>
#include <utility>
#include <vector>

namespace boxtest {

/// What this program was built from and with. The same sources, compiler and libraries give the same text: there is no date in
/// it.
struct BuildFacts {
    std::string version;    ///< "0.2.0"
    std::string released;   ///< When that version was: "2026-11-27".
    std::string commit;     ///< 40 hex digits, with " with changes" when the checkout had some; empty when unknown.
    std::string compiler;   ///< "GNU 12.2.0"
    std::string buildType;  ///< CMake's: "Release"
    /// Name and version. libssh and OpenSSL: of the library that is loaded; the others are compiled in.
    std::vector<std::pair<std::string, std::string>> libraries;

    /// `commit`: that of the checkout; when it is empty, $BOXTEST_COMMIT is taken, by which the flake tells it without another
    /// build of the program.
    static BuildFacts ofThisProgram(std::string commit);

    /// "0.2.0", with the commit's first digits when it is known: "0.2.0 (3d89bd1a2b3c)".
    std::string shortText() const;
    /// What --version prints: a line a fact.
    std::string text() const;
};

}  // namespace boxtest
