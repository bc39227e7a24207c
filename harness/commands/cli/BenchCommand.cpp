#include "cli/BenchCommand.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/Interruption.hpp"
#include "base/TemporaryFolder.hpp"
#include "bench/ForkBench.hpp"
#include "bench/LinkBench.hpp"
#include "cli/ProgressLog.hpp"
#include "ready/BoxHooks.hpp"
#include "schedule/HostResources.hpp"
#include "template/Template.hpp"

namespace boxtest {

namespace {

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

/// The load averages over 1, 5 and 15 minutes: results from a busy host do not show the product's own performance.
std::string load() {
    std::ifstream file("/proc/loadavg");
    std::string one, five, fifteen;
    file >> one >> five >> fifteen;
    return one + " " + five + " " + fifteen;
}

}  // namespace

BenchCommand::BenchCommand(CLI::App& program)
    : Command(program, "bench", "Measure what machines, sessions and tunnels cost on this host") {
    guest_.add(arguments());
    arguments()
        .add_option("--rounds", rounds_, "How often each quantity is measured (keeping a machine: a quarter of that)")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    arguments().add_flag("!--no-boot", boot_, "Do not boot: take the template that there is, and leave out boot and freeze");
    arguments()
        .add_option("--only", only_, "Measure these only")
        ->check(CLI::IsMember({"all", "forks", "links"}))
        ->capture_default_str();
    arguments().add_flag("--json", json_, "Print JSON, with every sample");
    arguments().footer(
        "Medians with the middle half of the samples and the extremes; docs/performance.md explains them. Run it on an idle "
        "host.\n"
        "Sessions and tunnels are compared with OpenSSH's client in alternating runs.");
}

int BenchCommand::run() {
    Interruption interruption;
    FailureLatch failure;
    const auto handling = interruption.handleBy(failure);
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    BenchReport report;
    try {
        measure(report, log, failure);
    } catch (const Error&) {
        if (interruption.signal()) return code(ExitCode::interrupted);
        throw;
    }
    if (json_) {
        std::cout << report.toJson().dump(1) << "\n" << std::flush;
    } else {
        report.print(std::cout);
        std::cout << std::flush;
    }
    return code(ExitCode::good);
}

void BenchCommand::measure(BenchReport& report, Log& log, FailureLatch& failure) const {
    TemplateOptions options{.boot = guest_.resolve()};
    const auto deadline = Deadline::in(options.boot.timeout + std::chrono::minutes(10));
    report.fact("processor", fmt::format("{}, {} cores to run on", processor(), HostResources().cores()));
    report.fact("load before", load());
    // A separate template, so that this run measures the boot; on the file system of the cache, where templates are stored.
    std::optional<TemporaryFolder> store;
    if (boot_) {
        store.emplace("bench-templates", cacheFolder());
        options.store = store->path();
    }
    const auto from = Template::findOrBuild(boxHooks(), options, log, failure, deadline);
    const auto& record = from->record();
    report.fact("guest", fmt::format("{} ({}), {} CPUs, {} MiB", from->guest().id.substr(0, 12), from->guest().flavour,
                                     from->guest().cpus, from->guest().memoryMiB));
    report.fact("QEMU", fmt::format("{}, {}", record.qemuVersion, record.accelerator));
    if (boot_) {
        BenchRow boot{.id = "boot", .what = "boot to ready", .unit = "s", .samples = {}};
        boot.samples.add(record.bootSeconds);
        report.add(std::move(boot));
        BenchRow freeze{.id = "freeze", .what = "freeze", .unit = "s", .samples = {}};
        freeze.samples.add(record.freezeSeconds);
        report.add(std::move(freeze));
    }
    if (only_ != "links") ForkBench(from, rounds_, log, failure, report).run();
    if (only_ != "forks") LinkBench(from, rounds_, log, failure, report).run();
    report.fact("load after", load());
}

}  // namespace boxtest
