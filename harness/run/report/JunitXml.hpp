#pragma once

#include <chrono>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// The report as JUnit XML, as Jenkins, GitLab and GitHub's actions read it: a suite a claim, a case a scenario. It keeps to
/// the schema of Jenkins' xunit plugin (junit-10.xsd), the strictest of the common ones. A failed scenario has one <failure> with
/// all its failures, and in <system-out> the command that brings its machine back; one that was not run has an <error>, because
/// readers take <skipped> for good; a known gap has passed. What was tested and recorded are properties of the suites; records
/// and the paths of attachments are in <system-out>, too. What XML 1.0 cannot hold (control characters, broken UTF-8) is spelled
/// out as \xNN.
std::string junitXml(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts = {});

}  // namespace boxtest
