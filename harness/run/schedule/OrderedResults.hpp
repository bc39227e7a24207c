#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace boxtest {

/// Shows the results of scenarios in plan order, independent of the order in which they end: a result is held back until all
/// earlier ones are known.
class OrderedResults {
   public:
    using Show = std::function<void(const std::string& line)>;

    OrderedResults(std::size_t scenarios, Show show) : lines_(scenarios), show_(std::move(show)) {}

    void known(std::size_t scenario, std::string line);
    /// No more results will become known: shows all that are held back.
    void finish();

   private:
    std::vector<std::string> lines_;
    std::size_t shown_ = 0;
    Show show_;
};

}  // namespace boxtest
