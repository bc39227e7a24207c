#include <stdexcept>

#include "Calls.hpp"

namespace probe {

bool isSystemCallVerb(std::string_view verb) { return verb == "call"; }

Attempt trySystemCall(std::string_view, Words words) {
    want(words, 1);
    for (const auto calls : {kernelCalls(), identityCalls(), memoryCalls()})
        for (const auto& call : calls)
            if (call.name == words[0]) return call.run();
    throw std::invalid_argument("no such system call");
}

}  // namespace probe
