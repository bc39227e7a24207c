#include "report/ReportReader.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"

namespace boxtest {

namespace {

using nlohmann::json;

Verdict verdictNamed(const std::string& name) {
    for (const auto verdict : {Verdict::passed, Verdict::failed, Verdict::knownGap, Verdict::notRun})
        if (toString(verdict) == name) return verdict;
    throw UsageError(fmt::format("no report of boxtest: a scenario's verdict is '{}'", name));
}

ScenarioResult resultOf(const json& value, const std::string& claim) {
    ScenarioResult result;
    result.scenario = value.at("scenario");
    result.claim = claim;
    result.verdict = verdictNamed(value.at("verdict"));
    result.duration = std::chrono::duration<double>(value.value("seconds", 0.0));
    result.preparation = std::chrono::duration<double>(value.value("machine_seconds", 0.0));
    // The text of an unfinished scenario already contains "begun, not finished".
    result.failures = value.value("failures", std::vector<std::string>());
    result.records = value.value("records", std::map<std::string, std::string>());
    result.gap = value.value("gap", std::string());
    result.resume = value.value("resume", std::string());
    result.kept = value.value("kept", std::string());
    for (const auto& file : value.value("attachments", std::vector<std::string>())) result.attachments.emplace_back(file);
    return result;
}

/// The format that Catalogue::parse() reads.
json catalogueOf(const json& claims) {
    json catalogue{{"claims", json::array()}, {"scenarios", json::array()}};
    for (const auto& claim : claims) {
        catalogue["claims"].push_back({{"claim", claim.at("claim")},
                                       {"section", claim.value("section", "")},
                                       {"promise", claim.value("promise", "")},
                                       {"run", claim.value("run", "")}});
        const auto add = [&](const json& name) {
            catalogue["scenarios"].push_back(
                {{"scenario", name}, {"claim", claim.at("claim")}, {"promise", claim.value("promise", "")}});
        };
        for (const auto& scenario : claim.at("scenarios")) add(scenario.at("scenario"));
        for (const auto& name : claim.value("left_out", json::array())) add(name);
    }
    return catalogue;
}

/// "2026-11-27T12:40:17Z", the format of RunFacts.
std::chrono::system_clock::time_point timeOf(const std::string& text) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!end || *end) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

RunFacts factsOf(const json& all) {
    RunFacts facts;
    const auto run = all.value("run", json::object()), tested = all.value("tested", json::object());
    facts.boxtest = run.value("boxtest", "");
    facts.command = run.value("command", "");
    facts.folder = run.value("folder", "");
    facts.resume = run.value("resume", "");
    facts.shard = run.value("shard", "");
    facts.begun = timeOf(run.value("begun", ""));
    facts.host.name = run.value("host", json::object()).value("name", "");
    facts.tested.flavour = tested.value("flavour", "");
    facts.tested.id = tested.value("id", "");
    facts.tested.architecture = tested.value("architecture", "");
    facts.tested.versions = tested.value("versions", std::map<std::string, std::string>());
    facts.tested.machines = tested.value("machines", "");
    facts.tested.accelerator = tested.value("accelerator", "");
    facts.tested.qemu = tested.value("qemu", "");
    facts.tested.templateKey = tested.value("template", "");
    const auto live = all.value("live", json::object());
    facts.live.machine = live.value("machine", "");
    facts.live.options = live.value("options", std::vector<std::string>());
    facts.live.deviations = live.value("deviations", std::vector<std::string>());
    facts.live.since = live.value("since", "");
    facts.live.changes = live.value("changes", std::vector<std::string>());
    return facts;
}

json jsonIn(const std::filesystem::path& file) {
    auto value = json::parse(readWholeFile(file), nullptr, false);
    if (value.is_discarded()) throw UsageError(fmt::format("'{}' is no JSON", file.string()));
    return value;
}

}  // namespace

ReadReport ReadReport::of(const json& all) {
    if (!all.is_object() || !all.contains("claims") || !all["claims"].is_array())
        throw UsageError("no report of boxtest: it has no claims");
    try {
        const auto& claims = all["claims"];
        std::vector<CatalogueEntry> planned;
        std::vector<ScenarioResult> results;
        for (const auto& claim : claims) {
            for (const auto& scenario : claim.at("scenarios")) {
                results.push_back(resultOf(scenario, claim.at("claim")));
                planned.push_back({.scenario = results.back().scenario, .claim = claim.at("claim"), .promise = {}, .traits = {}});
            }
        }
        ReadReport read{.report = RunReport(planned, Catalogue::parse(catalogueOf(claims).dump())),
                        .duration = std::chrono::duration<double>(all.value("seconds", 0.0)),
                        .facts = factsOf(all)};
        for (auto& result : results) read.report.ended(std::move(result));
        for (const auto& claim : claims)
            for (const auto& [scenario, why] : claim.value("not_live", std::map<std::string, std::string>()))
                read.report.notLive(scenario, why);
        const auto stopped = all.value("stopped", std::string());
        if (all.value("exit_status", 0) == static_cast<int>(ExitCode::interrupted))
            read.report.interrupted(stopped);
        else if (!stopped.empty())
            read.report.stopped(stopped);
        return read;
    } catch (const json::exception& error) {
        throw noReport(error);
    } catch (const TransportError& error) {
        throw UsageError(fmt::format("no report of boxtest: {}", error.what()));
    }
}

ReadReport ReadReport::of(const json& all, const std::string& name) {
    try {
        return of(all);
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("'{}' is {}", name, error.what()));
    }
}

ReadReport ReadReport::load(const std::filesystem::path& file) { return of(jsonIn(file), file.string()); }

json readReportJson(const std::filesystem::path& file) {
    auto value = jsonIn(file);
    ReadReport::of(value, file.string());
    return value;
}

UsageError noReport(const std::exception& error) {
    return UsageError(fmt::format("no report of boxtest: a value is missing or has another type ({})", error.what()));
}

}  // namespace boxtest
