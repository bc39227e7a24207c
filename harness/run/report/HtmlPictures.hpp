#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// Something that people would rather look at than read. Each is made of what scenarios have recorded or attached.
struct Picture {
    std::string id;
    std::string title;
    /// Whether the report has what it shows.
    bool (*isThere)(const nlohmann::json& report);
    void (*draw)(HtmlWriter& page, const nlohmann::json& report);
};

/// In the order of the page.
const std::vector<Picture>& pictures();

/// Who enters PostgreSQL as whom, and by which rule: of "peers.json".
bool hasPeers(const nlohmann::json& report);
void drawPeers(HtmlWriter& page, const nlohmann::json& report);
/// Who listens where: of "doors.txt".
bool hasDoors(const nlohmann::json& report);
void drawDoors(HtmlWriter& page, const nlohmann::json& report);
/// What an intruder in a service comes to: of "sandbox-SERVICE.json".
bool hasSandboxes(const nlohmann::json& report);
void drawSandboxes(HtmlWriter& page, const nlohmann::json& report);
/// Rights in PostgreSQL against what is expected: of "privileges-MAJOR.diff".
bool hasPrivileges(const nlohmann::json& report);
void drawPrivileges(HtmlWriter& page, const nlohmann::json& report);
/// systemd's exposure levels with their limits: of records "exposure UNIT" = "0.4 of at most 1.2".
bool hasExposure(const nlohmann::json& report);
void drawExposure(HtmlWriter& page, const nlohmann::json& report);
/// Sabotages and who noticed: of "sabotages".
bool hasSabotages(const nlohmann::json& report);
void drawSabotages(HtmlWriter& page, const nlohmann::json& report);
/// Pictures that scenarios took.
bool hasScreenshots(const nlohmann::json& report);
void drawScreenshots(HtmlWriter& page, const nlohmann::json& report);
/// Where the time went.
bool hasTimeLine(const nlohmann::json& report);
void drawTimeLine(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
