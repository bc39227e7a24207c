#include "UnitFacts.hpp"

#include <fmt/format.h>

#include <utility>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// A process may end between the list and its status: then it has no "Pid:" line and is left out.
constexpr auto script = R"sh(
facts() {
  echo "== unit $1"
  systemctl show -p ActiveState,SubState,MainPID,ControlGroup,NeedDaemonReload,User,FragmentPath,DropInPaths -- "$1"
  echo "== uid $1"; id -u -- "$2"
  echo "== gid $1"; id -g -- "$2"
  group=$(systemctl show -P ControlGroup -- "$1")
  [ -n "$group" ] || return 0
  for pid in $(find "/sys/fs/cgroup$group" -name cgroup.procs -exec cat {} +); do
    echo "== process $1 $pid"; cat "/proc/$pid/status" 2>/dev/null
  done
}
)sh";

}  // namespace

std::string ProcessStatus::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
}

std::string ProcessStatus::describe() const { return fmt::format("{} (pid {})", field("Name"), pid); }

std::string UnitFacts::property(const std::string& name) const {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string() : found->second;
}

std::vector<UnitFacts> UnitFacts::gather(RunningGuest& guest) {
    std::string commands = script;
    for (const Manifest::Service& service : guest.manifest().services.all()) {
        commands += "facts " + Session::quote(service.unit, service.user) + "\n";
    }
    const auto sections = Sections::parse(guest.factsAsRoot(commands + "true"));
    std::vector<UnitFacts> all;
    for (const Manifest::Service& service : guest.manifest().services.all()) {
        UnitFacts facts{.unit = service.unit,
                        .user = service.user,
                        .uid = sections.line("uid " + service.unit),
                        .gid = sections.line("gid " + service.unit),
                        .properties = keyValues(sections.at("unit " + service.unit), '='),
                        .processes = {}};
        for (const auto& pid : sections.namesAfter("process " + service.unit + " ")) {
            ProcessStatus process{pid, keyValues(sections.at("process " + service.unit + " " + pid), ':')};
            if (!process.field("Pid").empty()) facts.processes.push_back(std::move(process));
        }
        if (facts.property("ActiveState") != "active" || facts.processes.empty()) {
            throw GuestError(fmt::format("the unit '{}' is {} ({}) with {} processes: nothing can be proved about it",
                                         service.unit, facts.property("ActiveState"), facts.property("SubState"),
                                         facts.processes.size()));
        }
        all.push_back(std::move(facts));
    }
    return all;
}

}  // namespace boxtest
