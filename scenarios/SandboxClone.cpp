#include "SandboxClone.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "Sections.hpp"
#include "base/Base64.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// What makes a clone out of a service: everything that is executed or that ties it to other units is emptied. The probes come
/// in as data, and what is answered goes to a file that systemd opens: nothing in the sandbox has to be open for it.
constexpr auto overrides = R"unit(
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
StandardInput=data
StandardError=journal
)unit";

/// The fragment and the drop-ins as they lie on the disk are what is loaded, or there is no clone.
constexpr auto script = R"sh(
tidy() {{
  rm -rf /run/{clone}.out /run/{clone}.whole /run/systemd/system/{clone}.service /run/systemd/system/{clone}.service.d
  systemctl -q reset-failed {clone}.service 2>/dev/null
}}
trap tidy EXIT
[ "$(systemctl show -P NeedDaemonReload -- {unit})" = no ] || {{ echo 'its files differ from what systemd has loaded' >&2; exit 1; }}
# A dependency on another unit cannot be emptied by an assignment: a clone of what stops Odoo would stop it.
systemctl cat --no-pager -- {unit} > /run/{clone}.whole || exit 1
sed -E '/^(Requires|Requisite|Wants|BindsTo|PartOf|Upholds|Conflicts|Before|After|OnFailure|OnSuccess|OnFailureJobMode|OnSuccessJobMode) *=/d' /run/{clone}.whole > /run/systemd/system/{clone}.service || exit 1
mkdir -p /run/systemd/system/{clone}.service.d && cat > /run/systemd/system/{clone}.service.d/zz-boxtest.conf || exit 1
systemctl start -- {clone}.service || journalctl -q --no-pager -n 20 -u {clone}.service >&2
cat /run/{clone}.out
)sh";

/// Never used before on this guest: systemd reads the files of a unit that it does not know, and only then.
std::string freshName() {
    return fmt::format("boxtest-probe-{}-{}", ::getpid(), std::chrono::steady_clock::now().time_since_epoch().count());
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

}  // namespace

SandboxFindings probeSandbox(RunningGuest& guest, const std::string& unit, const std::vector<std::string>& probes) {
    std::string lines;
    for (const auto& probe : probes) lines += probe + "\n";
    const auto clone = freshName();
    const auto dropIn = fmt::format("{}ExecStart={}\nStandardOutput=truncate:/run/{}.out\nStandardInputData={}\n", overrides,
                                    guest.manifest().probe, clone, base64(lines));
    const auto result = guest.asRoot(fmt::format(script, fmt::arg("clone", clone), fmt::arg("unit", shellQuote(unit))),
                                     {.input = dropIn, .deadline = Deadline::in(std::chrono::minutes(5))});
    if (!result.succeeded()) throw GuestError(fmt::format("cannot probe the sandbox of '{}': {}", unit, result.describe()));
    try {
        return SandboxFindings::parse(replaced(result.out, clone + ".service", unit));
    } catch (const GuestError& error) {
        throw GuestError(fmt::format("cannot probe the sandbox of '{}': {}; journal: {}", unit, error.what(), result.err));
    }
}

}  // namespace boxtest
