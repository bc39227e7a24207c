// The entry points of libFuzzer (clang) for the target that $BOXTEST_FUZZ names. ci/fuzz runs all targets.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "unit/fuzz/FuzzTargets.hpp"

namespace {
const boxtest::fuzz::Target* target = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const char* name = std::getenv("BOXTEST_FUZZ");
    const auto& all = boxtest::fuzz::targets();
    const auto found = all.find(name ? name : "");
    if (found == all.end()) {
        std::fprintf(stderr, "BOXTEST_FUZZ names no target; there are:");
        for (const auto& [known, ignored] : all) std::fprintf(stderr, " %s", known.c_str());
        std::fprintf(stderr, "\n");
        std::exit(2);
    }
    target = &found->second;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    (*target)({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
