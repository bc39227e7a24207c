#pragma once

#include <string>

#include "cli/Completion.hpp"

namespace boxtest {

/// What there is of a kind on this host, as --help calls it: USER of the machine that is up or of the default guest, FILTER
/// (claims, scenarios, traits), CLAIM, RUN, KEPT, GUEST, TEMPLATE, WHICH (logs), FILE, FOLDER. Asks nobody who could make it
/// wait; what cannot be read is not offered.
Completion completionValues(const std::string& kind);

}  // namespace boxtest
