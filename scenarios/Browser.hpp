#pragma once

#include "reach/RunningGuest.hpp"
#include "web/WebDriver.hpp"

namespace boxtest {

/// A real browser that sees this guest's web server, and nothing else in the world. It takes the certificate that this guest
/// shows to a client that trusts the manifest's authority alone, and no other.
WebDriver openBrowser(RunningGuest& guest);

/// Odoo's and pgAdmin's pages draw themselves for minutes without KVM.
inline Deadline untilDrawn() { return Deadline::in(std::chrono::minutes(8)); }

}  // namespace boxtest
