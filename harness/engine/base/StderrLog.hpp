#pragma once

#include <cstdio>

#include "base/Log.hpp"

namespace boxtest {

/// Writes to standard error, which `boxtest run` stores in a file. Waits are not written: `boxtest run` shows them itself.
class StderrLog final : public Log {
   public:
    void line(std::string_view text) override { std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data()); }
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}
};

}  // namespace boxtest
