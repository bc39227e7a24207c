#include "report/MergeReports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/Error.hpp"
#include "report/ClaimResult.hpp"
#include "report/ReportJson.hpp"
#include "report/ReportReader.hpp"

namespace boxtest {

namespace {

using nlohmann::json;

const json& partOf(const json& object, const char* key) {
    static const json nothing = json::object();
    const auto found = object.find(key);
    return found == object.end() || !found->is_object() ? nothing : *found;
}

std::set<std::string> scenariosOf(const json& claim) {
    std::set<std::string> names;
    for (const auto& scenario : claim.at("scenarios")) names.insert(scenario.at("scenario").get<std::string>());
    for (const auto& name : claim.at("left_out")) names.insert(name.get<std::string>());
    return names;
}

/// The whole catalogue in a report: the scenarios by claim.
std::map<std::string, std::set<std::string>> knownBy(const json& report) {
    std::map<std::string, std::set<std::string>> known;
    for (const auto& claim : report.at("claims")) known[claim.at("claim").get<std::string>()] = scenariosOf(claim);
    return known;
}

/// A run that ended before it had a guest has no guest id, and is skipped.
void refuseOtherGuests(const std::vector<NamedReport>& reports) {
    const NamedReport* first = nullptr;
    for (const auto& one : reports) {
        const auto id = partOf(*one.json, "tested").value("id", std::string());
        if (id.empty()) continue;
        if (!first) first = &one;
        const auto other = partOf(*first->json, "tested").value("id", std::string());
        if (id != other)
            throw UsageError(fmt::format("'{}' and '{}' are of different guests ({} and {}): they are not joined", first->name,
                                         one.name, other.substr(0, 12), id.substr(0, 12)));
    }
}

void refuseOtherCatalogues(const std::vector<NamedReport>& reports) {
    const auto first = knownBy(*reports.front().json);
    for (const auto& one : reports)
        if (knownBy(*one.json) != first)
            throw UsageError(fmt::format("'{}' and '{}' know different claims or scenarios: were they made by the same boxtest?",
                                         reports.front().name, one.name));
}

void refuseOverlaps(const std::vector<NamedReport>& reports) {
    std::map<std::string, std::string> ranIn;
    for (const auto& one : reports) {
        for (const auto& claim : one.json->at("claims")) {
            for (const auto& scenario : claim.at("scenarios")) {
                const auto name = scenario.at("scenario").get<std::string>();
                if (const auto [other, isNew] = ranIn.emplace(name, one.name); !isNew)
                    throw UsageError(fmt::format("'{}' and '{}' overlap: both have {}", other->second, one.name, name));
            }
        }
    }
}

/// Adds the run's resume command to a scenario of a report that is merged.
json withResume(json scenario, const json& report) {
    const auto resume = partOf(report, "run").value("resume", std::string());
    if (!resume.empty() && !scenario.contains("resume")) scenario["resume"] = resume;
    return scenario;
}

json joinedClaims(const std::vector<NamedReport>& reports) {
    auto claims = reports.front().json->at("claims");
    for (auto& claim : claims) {
        for (auto& scenario : claim.at("scenarios")) scenario = withResume(scenario, *reports.front().json);
        std::vector<std::string> leftOut;
        for (const auto& name : claim.at("left_out")) leftOut.push_back(name.get<std::string>());
        for (std::size_t i = 1; i < reports.size(); ++i) {
            for (const auto& other : reports[i].json->at("claims")) {
                if (other.at("claim") != claim.at("claim")) continue;
                for (const auto& scenario : other.at("scenarios")) {
                    claim["scenarios"].push_back(withResume(scenario, *reports[i].json));
                    std::erase(leftOut, scenario.at("scenario").get<std::string>());
                }
            }
        }
        claim["left_out"] = leftOut;
    }
    return claims;
}

/// Texts that differ are concatenated.
void joinTexts(json& into, const json& from) {
    for (const auto& [key, value] : from.items()) {
        if (!into.contains(key)) {
            into[key] = value;
        } else if (into[key].is_string() && value.is_string() && into[key] != value) {
            const auto both = into[key].get<std::string>() + "; " + value.get<std::string>();
            into[key] = both;
        }
    }
}

json factsOfShard(const NamedReport& report) {
    const auto& run = partOf(*report.json, "run");
    json facts{{"name", report.name},
               {"exit_status", report.json->value("exit_status", 0)},
               {"seconds", report.json->value("seconds", 0.0)}};
    for (const auto* key : {"shard", "command", "folder", "begun", "host"})
        if (run.contains(key)) facts[key] = run.at(key);
    return facts;
}

/// "the results of shard 2/3 are missing"; nullopt if all are present, or if not all are shards of one number.
std::optional<std::string> missingShards(const std::vector<NamedReport>& reports) {
    std::set<std::string> there;
    std::set<std::string> numbers;
    for (const auto& one : reports) {
        const auto shard = partOf(*one.json, "run").value("shard", std::string());
        const auto slash = shard.find('/');
        if (slash == std::string::npos) return std::nullopt;
        there.insert(shard);
        numbers.insert(shard.substr(slash + 1));
    }
    if (numbers.size() != 1) return std::nullopt;
    std::vector<std::string> missing;
    for (unsigned long which = 1; which <= std::stoul(*numbers.begin()); ++which)
        if (auto shard = fmt::format("{}/{}", which, *numbers.begin()); !there.contains(shard))
            missing.push_back(std::move(shard));
    if (missing.empty()) return std::nullopt;
    return fmt::format("the results of shard {} are missing", fmt::join(missing, ", "));
}

json joinedRun(const std::vector<NamedReport>& reports) {
    json run = json::object();
    json shards = json::array();
    std::string begun;
    for (const auto& one : reports) {
        auto facts = partOf(*one.json, "run");
        if (const auto at = facts.value("begun", std::string()); !at.empty() && (begun.empty() || at < begun)) begun = at;
        for (const auto* ofOne : {"shard", "command", "folder", "begun", "host", "shards", "resume"}) facts.erase(ofOne);
        joinTexts(run, facts);
        shards.push_back(factsOfShard(one));
    }
    if (!begun.empty()) run["begun"] = begun;
    run["shards"] = std::move(shards);
    return run;
}

json merged(const std::vector<NamedReport>& reports) {
    refuseOtherGuests(reports);
    refuseOtherCatalogues(reports);
    refuseOverlaps(reports);
    json all{{"run", joinedRun(reports)}, {"claims", joinedClaims(reports)}, {"time_line", json::array()}};
    json tested = json::object();
    std::vector<std::string> stopped;
    double seconds = 0;
    bool interrupted = false;
    for (const auto& one : reports) {
        joinTexts(tested, partOf(*one.json, "tested"));
        seconds = std::max(seconds, one.json->value("seconds", 0.0));
        interrupted = interrupted || one.json->value("exit_status", 0) == static_cast<int>(ExitCode::interrupted);
        if (const auto why = one.json->value("stopped", std::string()); !why.empty()) stopped.push_back(one.name + ": " + why);
        for (const auto& row : one.json->value("time_line", json::array())) all["time_line"].push_back(row);
    }
    if (const auto why = missingShards(reports)) stopped.push_back(*why);
    all["tested"] = std::move(tested);
    all["seconds"] = seconds;
    if (interrupted) all["exit_status"] = static_cast<int>(ExitCode::interrupted);
    if (!stopped.empty()) all["stopped"] = fmt::to_string(fmt::join(stopped, "\n"));
    judgeReportJson(all, ReadReport::of(all).report);
    return all;
}

}  // namespace

json mergeReports(const std::vector<NamedReport>& reports) {
    for (const auto& one : reports) ReadReport::of(*one.json, one.name);
    try {
        return merged(reports);
    } catch (const json::exception& error) {
        throw noReport(error);
    }
}

}  // namespace boxtest
