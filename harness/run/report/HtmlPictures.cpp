#include "report/HtmlPictures.hpp"

#include <fmt/format.h>

#include "base/Base64.hpp"
#include "report/HtmlParts.hpp"

namespace boxtest::html {

const std::vector<Picture>& pictures() {
    static const std::vector<Picture> all{
        {"peers", "Who enters PostgreSQL as whom", hasPeers, drawPeers},
        {"doors", "The doors of the machine", hasDoors, drawDoors},
        {"sandboxes", "What an intruder in a service can do", hasSandboxes, drawSandboxes},
        {"exposure", "How exposed the services are", hasExposure, drawExposure},
        {"privileges", "Rights in PostgreSQL", hasPrivileges, drawPrivileges},
        {"sabotages", "Do the scenarios notice?", hasSabotages, drawSabotages},
        {"screenshots", "What a browser shows", hasScreenshots, drawScreenshots},
        {"time-line", "Where the time went", hasTimeLine, drawTimeLine},
    };
    return all;
}

namespace {

bool isPicture(const std::string& name) { return name.ends_with(".png"); }

}  // namespace

bool hasScreenshots(const nlohmann::json& report) { return !evidenceOf(report, isPicture).empty(); }

void drawScreenshots(HtmlWriter& page, const nlohmann::json& report) {
    const auto gallery = page.open("div", {{"class", "gallery"}});
    for (const auto& one : evidenceOf(report, isPicture)) {
        const auto png = textOf(*one.evidence, "png");
        const auto figure = page.open("figure");
        const auto name = one.name().substr(0, one.name().rfind('.'));
        if (png.empty()) {
            page.element("p", "not in the report: " + textOf(*one.evidence, "left_out"));
        } else {
            page.pngImage(base64Decoded(png), fmt::format("Screenshot {}, taken by {}", name, one.of.name()));
        }
        const auto caption = page.open("figcaption");
        page.element("strong", name);
        page.text(" · ");
        page.fragmentLink(one.of.id(), one.of.name());
    }
}

namespace {

struct ExposedUnit {
    std::string unit;
    double level = 0;
    double limit = 0;  ///< 0: not recorded.
};

std::vector<ExposedUnit> exposedUnits(const nlohmann::json& report) {
    constexpr std::string_view prefix = "exposure ";
    std::vector<ExposedUnit> all;
    for (const auto& one : scenariosOf(report)) {
        for (const auto& [key, value] : partOf(*one.scenario, "records").items()) {
            if (!key.starts_with(prefix) || !value.is_string()) continue;
            ExposedUnit unit{.unit = key.substr(prefix.size())};
            try {
                const auto text = value.get<std::string>();
                unit.level = std::stod(text);
                constexpr std::string_view between = " of at most ";
                if (const auto at = text.find(between); at != std::string::npos)
                    unit.limit = std::stod(text.substr(at + between.size()));
            } catch (const std::logic_error&) {
                continue;  // Not a number: it appears among the scenario's records unchanged.
            }
            all.push_back(std::move(unit));
        }
    }
    return all;
}

}  // namespace

bool hasExposure(const nlohmann::json& report) { return !exposedUnits(report).empty(); }

void drawExposure(HtmlWriter& page, const nlohmann::json& report) {
    const auto units = exposedUnits(report);
    page.element("p",
                 "systemd's own judgement of each service: 0 is closed, 10 is a service without any protection. The mark is the "
                 "limit of the scenario; the bars end at twice the highest one.");
    double scale = 0;
    for (const auto& unit : units) scale = std::max({scale, unit.level * 1.25, unit.limit * 2});
    if (scale <= 0) scale = 10;
    const auto list = page.open("ul", {{"class", "bars"}});
    for (const auto& unit : units) {
        const auto item = page.open("li");
        const bool over = unit.limit > 0 && unit.level > unit.limit;
        page.element("span", {{"class", "name"}}, unit.unit);
        {
            const auto bar =
                page.open("svg", {{"viewBox", "0 0 100 8"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}});
            page.element("rect", {{"class", "track"}, {"width", "100"}, {"height", "8"}}, "");
            page.element("rect",
                         {{"class", over ? "fill bad" : "fill good"},
                          {"width", fmt::format("{:.2f}", unit.level / scale * 100)},
                          {"height", "8"}},
                         "");
            if (unit.limit > 0)
                page.element("rect",
                             {{"class", "mark"},
                              {"x", fmt::format("{:.2f}", unit.limit / scale * 100 - 0.3)},
                              {"width", "0.6"},
                              {"height", "8"}},
                             "");
        }
        page.element("span", {{"class", "value"}},
                     unit.limit > 0 ? fmt::format("{:.1f}, limit {:.1f}{}", unit.level, unit.limit, over ? ": over it" : "")
                                    : fmt::format("{:.1f}", unit.level));
    }
}

}  // namespace boxtest::html
