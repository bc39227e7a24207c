#include "report/Catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/Error.hpp"

namespace boxtest {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool means(const std::string& pattern, const CatalogueEntry& entry) {
    return matchesPattern(pattern, entry.scenario) || matchesPattern(pattern, entry.suite()) ||
           matchesPattern(pattern, entry.claim) || entry.has(pattern) || wordOf(entry.effect) == pattern;
}

bool means(const std::vector<std::string>& patterns, const CatalogueEntry& entry) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return means(pattern, entry); });
}

CatalogueEntry entryOf(const nlohmann::json& value) {
    CatalogueEntry entry;
    entry.scenario = value.at("scenario").get<std::string>();
    entry.claim = value.at("claim").get<std::string>();
    if (value.contains("promise")) entry.promise = value.at("promise").get<std::string>();
    if (value.contains("effect")) entry.effect = effectOf(value.at("effect").get<std::string>());
    entry.notLive = value.value("not_live", std::string());
    if (value.contains("traits")) entry.traits = value.at("traits").get<std::vector<std::string>>();
    return entry;
}

CatalogueClaim claimOf(const nlohmann::json& value) {
    return {.id = value.at("claim").get<std::string>(),
            .section = value.at("section").get<std::string>(),
            .promise = value.at("promise").get<std::string>(),
            .run = value.value("run", std::string())};
}

/// Position of the '-' that begins the excluded patterns: only at the start of a pattern, because claims contain dashes too.
std::size_t beginOfExcluded(std::string_view filter) {
    if (filter.starts_with('-')) return 0;
    const auto found = filter.find(":-");
    return found == std::string_view::npos ? found : found + 1;
}

}  // namespace

bool matchesPattern(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Catalogue::Catalogue(std::vector<CatalogueEntry> entries) : entries_(std::move(entries)) {
    for (const auto& entry : entries_)
        if (std::none_of(claims_.begin(), claims_.end(), [&](const CatalogueClaim& claim) { return claim.id == entry.claim; }))
            claims_.push_back({.id = entry.claim, .section = {}, .promise = entry.promise, .run = {}});
}

Catalogue Catalogue::parse(std::string_view json) {
    try {
        const auto document = nlohmann::json::parse(json);
        std::vector<CatalogueEntry> entries;
        for (const auto& value : document.is_object() ? document.at("scenarios") : document) entries.push_back(entryOf(value));
        Catalogue catalogue(std::move(entries));
        if (document.is_object()) {
            catalogue.claims_.clear();
            for (const auto& value : document.at("claims")) catalogue.claims_.push_back(claimOf(value));
        }
        return catalogue;
    } catch (const nlohmann::json::exception& error) {
        throw TransportError(fmt::format("cannot read the list of scenarios: {}", error.what()));
    }
}

bool CatalogueEntry::has(std::string_view trait) const { return std::find(traits.begin(), traits.end(), trait) != traits.end(); }

std::vector<CatalogueEntry> Catalogue::onePerClaim(const std::vector<CatalogueEntry>& entries) {
    std::vector<CatalogueEntry> chosen;
    std::set<std::string> met;
    for (const auto& entry : entries)
        if (!entry.has("slow") && met.insert(entry.claim).second) chosen.push_back(entry);
    return chosen;
}

std::vector<CatalogueEntry> Catalogue::select(std::string_view filter) const {
    if (filter.empty()) return entries_;
    const auto cut = beginOfExcluded(filter);
    const bool excludes = cut != std::string_view::npos;
    const auto wanted = split(filter.substr(0, excludes ? cut : filter.size()), ':');
    const auto unwanted = excludes ? split(filter.substr(cut + 1), ':') : std::vector<std::string>{};
    std::vector<CatalogueEntry> selected;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(selected), [&](const CatalogueEntry& entry) {
        return (wanted.empty() || means(wanted, entry)) && !means(unwanted, entry);
    });
    // With a misspelled pattern beside others, less would be run than was asked for. An effect may well be that of no scenario.
    const auto misspelled = std::find_if(wanted.begin(), wanted.end(), [&](const std::string& pattern) {
        return !isEffect(pattern) &&
               std::none_of(entries_.begin(), entries_.end(), [&](const auto& entry) { return means(pattern, entry); });
    });
    if (selected.empty() || misspelled != wanted.end()) {
        std::set<std::string> claims;
        for (const auto& entry : entries_) claims.insert(entry.claim);
        throw UsageError(fmt::format("no scenario fits '{}'; the claims are: {}; `boxtest list` shows all scenarios",
                                     misspelled != wanted.end() ? std::string_view(*misspelled) : filter,
                                     fmt::join(claims, ", ")));
    }
    return selected;
}

}  // namespace boxtest
