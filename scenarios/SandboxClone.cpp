#include "SandboxClone.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "Sections.hpp"
#include "base/Base64.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// Standard output is a file that systemd opens: nothing in the sandbox needs to be writable for it. A redirection's own error
/// is caught because `can` runs in a subshell. Shell built-ins as far as they go: a process costs much without KVM.
constexpr auto prologue = R"sh(
export LC_ALL=C
can() {
  name=$1; shift
  if said=$( { "$@"; } </dev/null 2>&1 ); then word=ALLOWED; else word=BLOCKED; fi
  printf 'probe\t%s\t%s\t%s\n' "$name" "$word" "$said"
}
create() { : > "$1/.boxtest-probe" && rm -f "$1/.boxtest-probe"; }
overwrite() { : >> "$1"; }
look() { if [ -d "$1" ]; then ls -A "$1"; else cat "$1" > /dev/null; fi; }
)sh";

constexpr auto epilogue = R"sh(
while read -r line; do printf 'status\t%s\n' "$line"; done < /proc/self/status
echo complete
)sh";

/// What makes a clone out of a service: everything that is executed or that ties it to other units is emptied. The script
/// comes in as data, so that no quoting of systemd's touches it.
constexpr auto overrides = R"unit([Unit]
Requires=
Requisite=
Wants=
After=
BindsTo=
PartOf=
Upholds=
OnFailure=
OnSuccess=
[Service]
ExecCondition=
ExecStartPre=
ExecStart=
ExecStartPost=
ExecReload=
ExecStop=
ExecStopPost=
Type=oneshot
Restart=no
WatchdogSec=0
RemainAfterExit=no
RuntimeDirectoryPreserve=yes
TimeoutStartSec=180
ExecStart=/bin/sh -s
StandardInput=data
StandardError=inherit
)unit";

/// Never used before on this guest: systemd reads the files of a unit that it does not know, and only then.
std::string freshToken() { return fmt::format("{}-{}", ::getpid(), std::chrono::steady_clock::now().time_since_epoch().count()); }

constexpr auto makeClone = R"sh(
clone() {
  unit=$1 clone=$2
  [ "$(systemctl show -P NeedDaemonReload -- "$unit")" = no ] || { echo "the files of $unit differ from what systemd has loaded" >&2; return 1; }
  systemctl cat --no-pager -- "$unit" > "/run/systemd/system/$clone.service" || return 1
  mkdir -p "/run/systemd/system/$clone.service.d" && cat > "/run/systemd/system/$clone.service.d/zz-boxtest.conf"
}
)sh";

SandboxFindings findingsOf(const std::string& unit, const std::string& text, const std::string& journal) {
    SandboxFindings findings{.unit = unit, .probes = {}, .status = {}};
    bool complete = false;
    for (const auto& line : splitLines(text)) {
        if (line == "complete") complete = true;
        const auto first = line.find('\t');
        const auto kind = line.substr(0, std::min(first, line.size()));
        // What a probed command said may have several lines; the first is enough.
        if (kind != "probe" && kind != "status") continue;
        if (first == std::string::npos) throw GuestError("cannot read the probe's answer '" + line + "'");
        const auto rest = line.substr(first + 1);
        if (kind == "status") findings.status.merge(keyValues(rest, ':'));
        if (kind == "status") continue;
        const auto second = rest.find('\t');
        const auto third = rest.find('\t', second + 1);
        if (second == std::string::npos || third == std::string::npos)
            throw GuestError("cannot read the probe's answer '" + line + "'");
        findings.probes[rest.substr(0, second)] = {rest.substr(second + 1, third - second - 1) == "ALLOWED",
                                                   rest.substr(third + 1)};
    }
    if (!complete) {
        throw GuestError(fmt::format("the probes in a clone of '{}' did not run to their end; they said:\n{}\njournal:\n{}", unit,
                                     text, journal));
    }
    return findings;
}

}  // namespace

const ProbeAnswer& SandboxFindings::at(const std::string& probe) const {
    const auto found = probes.find(probe);
    if (found == probes.end()) throw GuestError(fmt::format("the probes in the clone of '{}' did not answer '{}'", unit, probe));
    return found->second;
}

std::vector<std::string> SandboxFindings::named(const std::string& prefix) const {
    std::vector<std::string> names;
    for (const auto& [name, answer] : probes) {
        if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
}

std::vector<SandboxFindings> probeSandboxes(RunningGuest& guest, const std::map<std::string, std::string>& scripts) {
    const auto token = freshToken();
    std::map<std::string, std::string> clones;
    std::string make = makeClone, start = "systemctl start --", report, remove;
    for (const auto& [unit, script] : scripts) {
        const auto clone = fmt::format("boxtest-probe-{}-{}", clones.size(), token);
        const auto output = "/run/" + clone + ".out";
        clones[unit] = clone;
        make += fmt::format("clone {} {} <<'EOF' || exit 1\n{}StandardOutput=truncate:{}\nStandardInputData={}\nEOF\n",
                            shellQuote(unit), clone, overrides, output, base64(prologue + script + epilogue));
        start += " " + clone + ".service";
        report +=
            fmt::format("echo '== output {0}'; cat {1}; echo '== journal {0}'; journalctl -q --no-pager -n 20 -u {2}.service\n",
                        unit, output, clone);
        remove += fmt::format(
            "rm -rf {0} /run/systemd/system/{1}.service /run/systemd/system/{1}.service.d; systemctl -q reset-failed {1}.service "
            "2>/dev/null\n",
            output, clone);
    }
    const auto result = guest.asRoot("tidy() {\n" + remove + "}\ntrap tidy EXIT\n" + make + start + "\n" + report + "exit 0",
                                     {.input = {}, .deadline = Deadline::in(std::chrono::minutes(5))});
    if (!result.succeeded()) throw GuestError("cannot probe the services' sandboxes: " + result.describe());
    const auto sections = Sections::parse(result.out);
    std::vector<SandboxFindings> all;
    for (const auto& [unit, clone] : clones) {
        all.push_back(findingsOf(unit, sections.at("output " + unit), sections.at("journal " + unit) + result.err));
    }
    return all;
}

}  // namespace boxtest
