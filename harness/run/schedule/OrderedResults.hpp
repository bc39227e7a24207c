#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace boxtest {

/// Shows what became of scenarios in the order of the plan, whatever the order in which they end: a result waits until all
/// before it are known.
class OrderedResults {
   public:
    using Show = std::function<void(const std::string& line)>;

    OrderedResults(std::size_t scenarios, Show show) : lines_(scenarios), show_(std::move(show)) {}

    void known(std::size_t scenario, std::string line);
    /// Nothing more will become known: shows what still waits.
    void finish();

   private:
    std::vector<std::string> lines_;
    std::size_t shown_ = 0;
    Show show_;
};

}  // namespace boxtest
