#pragma once

#include <cerrno>
#include <span>
#include <string>
#include <string_view>

namespace probe {

/// Result of an attempt: 0, or the errno with which it failed, and a short detail.
struct Attempt {
    int error = 0;
    std::string detail = {};

    static Attempt worked(std::string detail = {}) { return {0, std::move(detail)}; }
    static Attempt failed(int error, std::string detail = {}) { return {error, std::move(detail)}; }
    /// From a system call's return value: negative means errno.
    static Attempt of(long returned) { return returned < 0 ? failed(errno) : worked(); }
};

using Words = std::span<const std::string>;

/// The kinds of probes; each probe is a verb with its words. Each runs in a separate process, so that its changes (identity,
/// namespaces, mounts) end with it. An unknown verb, or a wrong number of words, throws std::invalid_argument.
Attempt tryFile(std::string_view verb, Words words);
Attempt trySystemCall(std::string_view verb, Words words);
Attempt tryNetwork(std::string_view verb, Words words);
Attempt tryProcess(std::string_view verb, Words words);

/// Whether a family of probes has the verb.
bool isFileVerb(std::string_view verb);
bool isSystemCallVerb(std::string_view verb);
bool isNetworkVerb(std::string_view verb);
bool isProcessVerb(std::string_view verb);

/// Throws std::invalid_argument when there are fewer or more words.
void want(Words words, std::size_t count);

}  // namespace probe
