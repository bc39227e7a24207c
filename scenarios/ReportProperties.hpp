#pragma once

#include <string>

namespace boxtest {

// What a scenario tells the report travels as GoogleTest's own properties of the test, from Scenario to EventWriter.

/// Its value is the sentence of Scenario::knownGap().
inline const std::string knownGapProperty = "boxtest known gap";
/// Before each key of Scenario::record(): GoogleTest has keys of its own, which it refuses.
inline const std::string recordPrefix = "boxtest record ";

}  // namespace boxtest
