#pragma once

#include <chrono>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// The report as JUnit XML for Jenkins, GitLab and GitHub actions: one suite per claim, one case per scenario. It conforms to the
/// schema of Jenkins' xunit plugin (junit-10.xsd), the strictest of the common ones. A failed scenario has one <failure> with all
/// its failures, and in <system-out> the command that brings its machine back. A scenario that was not run has an <error>,
/// because readers count <skipped> as success; a known gap counts as passed. What was tested and recorded is in the properties of
/// the suites; records and the paths of attachments are also in <system-out>. Bytes that XML 1.0 does not allow (control
/// characters, broken UTF-8) are written as \xNN.
std::string junitXml(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts = {});

}  // namespace boxtest
