#include "UnitFacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// As few processes as will do: each costs a tenth of a second without KVM. A process may end between the list and its
/// status: then it has no "Pid:" line and is left out. The arguments of `facts` are what find(1) is to look for.
constexpr auto script = R"sh(
facts() {
  members=$(grep -sH '' $(find /sys/fs/cgroup -name cgroup.procs \( "$@" \)))
  echo '== members'; printf '%s\n' "$members"
  echo '== statuses'; grep -sH '' $(printf '%s\n' "$members" | sed 's#.*:\(.*\)#/proc/\1/status#')
}
)sh";

/// "FILE:REST" lines of grep -H: by file, the rests.
std::map<std::string, std::string> byFile(const std::vector<std::string>& lines) {
    std::map<std::string, std::string> files;
    for (const auto& line : lines) {
        const auto colon = line.find(':');
        if (colon != std::string::npos) files[line.substr(0, colon)] += line.substr(colon + 1) + "\n";
    }
    return files;
}

/// What `systemctl show` prints of several units: blocks with an empty line between, each with its Id.
std::map<std::string, std::map<std::string, std::string>> propertiesOf(const std::string& text) {
    std::map<std::string, std::map<std::string, std::string>> units;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find("\n\n", begin), text.size());
        auto block = keyValues(text.substr(begin, end - begin), '=');
        if (const auto id = block["Id"]; !id.empty()) units[id] = std::move(block);
        begin = end + 2;
    }
    return units;
}

std::vector<ProcessStatus> processesOf(const std::string& group, const std::map<std::string, std::string>& members,
                                       const std::map<std::string, std::string>& statuses) {
    std::vector<ProcessStatus> processes;
    for (const auto& [file, pids] : members) {
        if (group.empty() || !file.starts_with("/sys/fs/cgroup" + group + "/")) continue;
        for (const auto& pid : splitLines(pids)) {
            const auto status = statuses.find("/proc/" + pid + "/status");
            if (status != statuses.end()) processes.push_back({pid, keyValues(status->second, ':')});
        }
    }
    return processes;
}

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

testing::AssertionResult UnitFacts::runs() const {
    if (property("ActiveState") == "active" && !processes.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << unit << " is " << property("ActiveState") << " (" << property("SubState") << ") with "
                                       << processes.size() << " processes: nothing is proved about it";
}

const ProcessStatus* UnitFacts::mainProcess() const {
    const auto found =
        std::find_if(processes.begin(), processes.end(), [&](const auto& process) { return process.pid == property("MainPID"); });
    return found == processes.end() ? nullptr : &*found;
}

std::map<std::string, std::vector<std::string>> UnitFacts::mountTables(RunningGuest& guest) const {
    std::string files;
    for (const auto& process : processes) files += fmt::format(" /proc/{}/mountinfo", process.pid);
    std::map<std::string, std::vector<std::string>> tables;
    for (const auto& [file, lines] : byFile(splitLines(guest.factsAsRoot("grep -sH ''" + files + " /dev/null; true"))))
        tables[splitAt(file, '/').at(2)] = splitLines(lines);
    return tables;
}

std::vector<UnitFacts> UnitFacts::gather(RunningGuest& guest) {
    std::string units, users, groups;
    for (const Manifest::Service& service : guest.manifest().services.all()) {
        units += " " + Session::quote(service.unit);
        users += " " + Session::quote(service.user);
        groups += (groups.empty() ? "" : " -o") + (" -path " + Session::quote("*/" + service.unit + "/*"));
    }
    const auto sections = Sections::parse(guest.factsAsRoot(
        std::string(script) +
        "echo '== units'; systemctl show -p Id,ActiveState,SubState,MainPID,ControlGroup,NeedDaemonReload,User,TasksMax --" +
        units + "\necho '== accounts'; getent passwd" + users + "\nfacts" + groups + "\ntrue"));
    const auto properties = propertiesOf(sections.at("units"));
    const auto members = byFile(sections.lines("members"));
    const auto statuses = byFile(sections.lines("statuses"));
    std::map<std::string, std::vector<std::string>> accounts;
    for (const auto& line : sections.lines("accounts")) {
        auto fields = splitAt(line, ':');
        accounts[fields.at(0)] = std::move(fields);
    }
    std::vector<UnitFacts> all;
    for (const Manifest::Service& service : guest.manifest().services.all()) {
        const auto unit = properties.find(service.unit);
        const auto account = accounts.find(service.user);
        if (unit == properties.end() || account == accounts.end() || account->second.size() < 4) {
            throw GuestError(fmt::format("the guest does not know the unit '{}' or its user '{}'", service.unit, service.user));
        }
        UnitFacts facts{.unit = service.unit,
                        .user = service.user,
                        .uid = account->second[2],
                        .gid = account->second[3],
                        .properties = unit->second,
                        .processes = {}};
        facts.processes = processesOf(facts.property("ControlGroup"), members, statuses);
        all.push_back(std::move(facts));
    }
    return all;
}

}  // namespace boxtest
