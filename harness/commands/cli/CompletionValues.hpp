#pragma once

#include <string>

#include "cli/Completion.hpp"

namespace boxtest {

/// The values of a kind on this host, by the name in --help: USER of the machine that is up or of the default guest, FILTER
/// (claims, scenarios, traits), CLAIM, RUN, KEPT, GUEST, TEMPLATE, WHICH (logs), FILE, FOLDER. Makes no requests that can block;
/// values that cannot be read are left out.
Completion completionValues(const std::string& kind);

}  // namespace boxtest
