#include "bench/BenchReport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace boxtest {

namespace {

std::string number(double value) {
    const double size = std::abs(value);
    return size >= 100 ? fmt::format("{:.0f}", value) : size >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.3f}", value);
}

std::string describeBar(const BenchRow& row) {
    if (!row.bar) return "";
    return fmt::format("{} {}  {}", row.atLeast ? ">=" : "<=", number(*row.bar), row.meetsBar() ? "met" : "MISSED");
}

}  // namespace

bool BenchRow::meetsBar() const {
    if (!bar) return true;
    return atLeast ? samples.median() >= *bar : samples.median() <= *bar;
}

const BenchRow* BenchReport::find(const std::string& id) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const BenchRow& row) { return row.id == id; });
    return found == rows_.end() ? nullptr : &*found;
}

void BenchReport::print(std::ostream& out) const {
    for (const auto& [name, value] : facts_) out << fmt::format("{:<14} {}\n", name, value);
    std::size_t width = 0;
    for (const auto& row : rows_) width = std::max(width, row.what.size());
    out << fmt::format("\n{:<{}}  {:>9}  {:>17}  {:>17}  {:>3}  {:<5} {}\n", "", width, "median", "middle half", "least-greatest",
                       "n", "unit", "bar");
    for (const auto& row : rows_) {
        const auto& samples = row.samples;
        out << fmt::format("{:<{}}  {:>9}  {:>17}  {:>17}  {:>3}  {:<5} {}\n", row.what, width, number(samples.median()),
                           number(samples.quantile(0.25)) + "-" + number(samples.quantile(0.75)),
                           number(samples.quantile(0)) + "-" + number(samples.quantile(1)), samples.count(), row.unit,
                           describeBar(row));
    }
}

nlohmann::json BenchReport::toJson() const {
    auto facts = nlohmann::json::object();
    for (const auto& [name, value] : facts_) facts[name] = value;
    auto rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        nlohmann::json entry{{"id", row.id},
                             {"what", row.what},
                             {"unit", row.unit},
                             {"median", row.samples.median()},
                             {"quartiles", {row.samples.quantile(0.25), row.samples.quantile(0.75)}},
                             {"samples", row.samples.values()}};
        if (row.bar) {
            entry["bar"] = {{row.atLeast ? "at_least" : "at_most", *row.bar}, {"met", row.meetsBar()}};
        }
        rows.push_back(std::move(entry));
    }
    return {{"facts", std::move(facts)}, {"rows", std::move(rows)}};
}

}  // namespace boxtest
