/// Runs each input of the fuzzers' corpora again, so that an error found once does not return.
#include <gtest/gtest.h>

#include <filesystem>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "unit/fuzz/FuzzTargets.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

TEST(FuzzCorpus, EachInputHasAnAnswer) {
    for (const auto& [name, target] : fuzz::targets()) {
        const fs::path corpus = paths::source("tests/fuzz/" + name);
        std::size_t inputs = 0;
        for (const auto& file : fs::directory_iterator(corpus)) {
            SCOPED_TRACE(file.path());
            const auto input = readWholeFile(file.path());
            EXPECT_NO_THROW(target(input));
            // Truncated and modified, like the first mutations of a fuzzer.
            for (const std::size_t parts : {2, 3, 7}) EXPECT_NO_THROW(target(input.substr(0, input.size() / parts)));
            for (std::size_t at = 0; at < input.size(); at += 1 + input.size() / 16) {
                auto changed = input;
                changed[at] = static_cast<char>(changed[at] ^ 0x5a);
                EXPECT_NO_THROW(target(changed));
            }
            ++inputs;
        }
        EXPECT_GE(inputs, 2U) << corpus;
    }
}

TEST(FuzzCorpus, EachFolderHasATarget) {
    for (const auto& entry : fs::directory_iterator(paths::source("tests/fuzz"))) {
        if (entry.is_directory()) {
            EXPECT_TRUE(fuzz::targets().contains(entry.path().filename().string())) << entry.path();
        }
    }
}

}  // namespace
}  // namespace boxtest
