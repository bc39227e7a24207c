#include "report/RunFacts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/ShellQuote.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {

namespace {

/// The text after "key" and the separator in a file of lines, without quotes; empty if the file cannot be read.
std::string valueInFile(const char* file, const std::string& key, char separator) {
    try {
        std::istringstream lines(readWholeFile(file));
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with(key)) continue;
            const auto at = line.find(separator);
            if (at == std::string::npos) continue;
            const auto begin = line.find_first_not_of(" \t\"", at + 1);
            if (begin == std::string::npos) continue;
            return line.substr(begin, line.find_last_not_of(" \t\"") + 1 - begin);
        }
    } catch (const SystemError&) {
        // This host does not have the file.
    }
    return {};
}

void addTo(nlohmann::json& object, const char* key, const std::string& value) {
    if (!value.empty()) object[key] = value;
}

/// As the user typed it, with the program's path reduced to its name.
std::string commandOfThisProcess() {
    std::string command;
    try {
        std::istringstream words(readWholeFile("/proc/self/cmdline"));
        for (std::string word; std::getline(words, word, '\0');)
            command += command.empty() ? std::filesystem::path(word).filename().string() : " " + shellQuote(word);
    } catch (const SystemError&) {
        // Leave the command empty.
    }
    return command;
}

}  // namespace

std::string RunFacts::resumeOfEnvironment() {
    const char* resume = std::getenv("BOXTEST_RESUME");
    return resume ? resume : "";
}

RunFacts RunFacts::ofThisProcess(std::string version) {
    RunFacts facts;
    facts.boxtest = std::move(version);
    facts.command = commandOfThisProcess();
    facts.resume = resumeOfEnvironment();
    facts.begun = std::chrono::system_clock::now();
    facts.host = Host::ofThisMachine();
    return facts;
}

RunFacts::Host RunFacts::Host::ofThisMachine() {
    Host host;
    utsname system{};
    if (::uname(&system) == 0) {
        host.name = system.nodename;
        host.kernel = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
    }
    host.system = valueInFile("/etc/os-release", "PRETTY_NAME", '=');
    host.processor = valueInFile("/proc/cpuinfo", "model name", ':');
    host.cores = static_cast<unsigned>(std::max(0L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    host.memory = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                  static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    return host;
}

void RunFacts::Tested::take(const Manifest& manifest) {
    flavour = manifest.flavour;
    id = manifest.id;
    folder = manifest.folder;
    architecture = manifest.architecture;
    versions = manifest.versions;
}

void RunFacts::Tested::takeTemplate(const std::filesystem::path& folderOfTemplate) {
    try {
        const auto record = TemplateRecord::load(folderOfTemplate);
        accelerator = record.accelerator;
        qemu = record.qemuVersion;
        templateKey = record.key;
        if (!record.after().empty()) machines += fmt::format("; the template was frozen after: {}", record.after());
        take(Manifest::load(record.guestFolder));
    } catch (const Error&) {
        // The forks will report what is wrong with the template.
    }
}

nlohmann::json RunFacts::toJson() const {
    auto run = nlohmann::json::object();
    addTo(run, "boxtest", boxtest);
    addTo(run, "command", command);
    addTo(run, "folder", folder.string());
    addTo(run, "resume", resume);
    addTo(run, "shard", shard);
    if (begun != std::chrono::system_clock::time_point{})
        run["begun"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(begun)));
    auto where = nlohmann::json::object();
    addTo(where, "name", host.name);
    addTo(where, "system", host.system);
    addTo(where, "kernel", host.kernel);
    addTo(where, "processor", host.processor);
    if (host.cores > 0) where["cores"] = host.cores;
    if (host.memory > 0) where["memory"] = host.memory;
    if (!where.empty()) run["host"] = std::move(where);

    auto what = nlohmann::json::object();
    addTo(what, "flavour", tested.flavour);
    addTo(what, "id", tested.id);
    addTo(what, "folder", tested.folder.string());
    addTo(what, "architecture", tested.architecture);
    addTo(what, "machines", tested.machines);
    addTo(what, "accelerator", tested.accelerator);
    addTo(what, "qemu", tested.qemu);
    addTo(what, "template", tested.templateKey);
    if (!tested.versions.empty()) what["versions"] = tested.versions;

    auto all = nlohmann::json::object();
    if (!run.empty()) all["run"] = std::move(run);
    if (!what.empty()) all["tested"] = std::move(what);
    if (!live.machine.empty()) {
        all["live"] = {{"machine", live.machine}, {"deviations", live.deviations}};
        if (!live.options.empty()) all["live"]["options"] = live.options;
        if (!live.since.empty()) all["live"].update({{"since", live.since}, {"changes", live.changes}});
    }
    return all;
}

}  // namespace boxtest
