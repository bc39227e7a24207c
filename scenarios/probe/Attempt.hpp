#pragma once

#include <cerrno>
#include <span>
#include <string>
#include <string_view>

namespace probe {

/// What an attempt came to: 0, or the errno that stopped it, and a few words.
struct Attempt {
    int error = 0;
    std::string detail = {};

    static Attempt worked(std::string detail = {}) { return {0, std::move(detail)}; }
    static Attempt failed(int error, std::string detail = {}) { return {error, std::move(detail)}; }
    /// Of a system call's return value: negative means errno.
    static Attempt of(long returned) { return returned < 0 ? failed(errno) : worked(); }
};

using Words = std::span<const std::string>;

/// The kinds of probes, each a verb with its words. Every one runs in a process of its own, so that what it changes (identity,
/// namespaces, mounts) ends with it. A verb that does not exist, or the wrong number of words, throws std::invalid_argument.
Attempt tryFile(std::string_view verb, Words words);
Attempt trySystemCall(std::string_view verb, Words words);
Attempt tryNetwork(std::string_view verb, Words words);
Attempt tryProcess(std::string_view verb, Words words);

/// Whether the family of probes knows the verb.
bool isFileVerb(std::string_view verb);
bool isSystemCallVerb(std::string_view verb);
bool isNetworkVerb(std::string_view verb);
bool isProcessVerb(std::string_view verb);

/// Throws std::invalid_argument when there are fewer words, or more.
void want(Words words, std::size_t count);

}  // namespace probe
