#include "SandboxFindings.hpp"

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

std::string ProbeAnswer::describe() const { return detail.empty() ? result : result + " (" + detail + ")"; }

const ProbeAnswer& SandboxFindings::at(const std::string& probe) const {
    const auto found = answers.find(probe);
    if (found == answers.end()) throw GuestError("the break-in probe did not answer '" + probe + "'");
    return found->second;
}

SandboxFindings SandboxFindings::parse(const std::string& text) {
    SandboxFindings findings;
    std::string last;
    for (const auto& line : splitLines(text)) {
        last = line;
        const auto tab = line.find('\t');
        const auto rest = tab == std::string::npos ? std::string() : line.substr(tab + 1);
        if (line.starts_with("status\t")) {
            findings.status.merge(keyValues(rest, ':'));
        } else if (line.starts_with("mount\t")) {
            findings.mounts.push_back(rest);
        } else if (line.starts_with("probe\t")) {
            const auto parts = splitAt(rest, '\x1f');
            if (parts.size() != 3) throw GuestError("cannot read the break-in probe's answer '" + line + "'");
            findings.answers[parts[0]] = {parts[1], parts[2]};
        }
    }
    if (last != "complete") throw GuestError("the break-in probe did not come to its end; it said:\n" + text);
    return findings;
}

}  // namespace boxtest
