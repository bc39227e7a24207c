#pragma once

#include <chrono>
#include <string>

#include "report/RunReport.hpp"

namespace boxtest {

/// The report as JUnit XML, the form that Jenkins and GitLab read: a suite a claim, a case a scenario. A failed scenario has
/// one <failure> with all its failures; one that was not run has an <error>, because readers take <skipped> for good; a known
/// gap has passed, and is a property and in <system-out>, where the paths of attachments are, too. What XML 1.0 cannot hold
/// (control characters, broken UTF-8) is spelled out as \xNN.
std::string junitXml(const RunReport& report, std::chrono::duration<double> duration);

}  // namespace boxtest
