#pragma once

#include <string>
#include <utility>
#include <vector>

namespace boxtest {

/// The sources and tools of this build. Equal sources, compiler and libraries give equal text: it contains no date of the build.
struct BuildFacts {
    std::string version;    ///< "0.2.0"
    std::string released;   ///< Release date of the version: "2026-11-27".
    std::string commit;     ///< 40 hex digits, followed by " with changes" if the checkout had any; empty if unknown.
    std::string compiler;   ///< "GNU 12.2.0"
    std::string buildType;  ///< CMake's: "Release"
    /// Name and version. libssh and OpenSSL: of the loaded shared library; the others are known at compile time.
    std::vector<std::pair<std::string, std::string>> libraries;

    /// `commit`: of the checkout. If it is empty, $BOXTEST_COMMIT is used: the flake sets it, so that a new commit needs no
    /// rebuild.
    static BuildFacts ofThisProgram(std::string commit);

    /// "0.2.0", with the first digits of the commit if known: "0.2.0 (3d89bd1a2b3c)".
    std::string shortText() const;
    /// The output of --version: one fact per line.
    std::string text() const;
};

}  // namespace boxtest
