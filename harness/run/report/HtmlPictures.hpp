#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// A diagram or table on the page, made from what scenarios recorded or attached.
struct Picture {
    std::string id;
    std::string title;
    /// Whether the report contains the data that the picture shows.
    bool (*isThere)(const nlohmann::json& report);
    void (*draw)(HtmlWriter& page, const nlohmann::json& report);
};

/// In page order.
const std::vector<Picture>& pictures();

/// Which OS user enters PostgreSQL as which role, and by which rule: from "peers.json".
bool hasPeers(const nlohmann::json& report);
void drawPeers(HtmlWriter& page, const nlohmann::json& report);
/// Which process listens where: from "doors.txt".
bool hasDoors(const nlohmann::json& report);
void drawDoors(HtmlWriter& page, const nlohmann::json& report);
/// What an intruder inside a service can do: from "sandbox-SERVICE.json".
bool hasSandboxes(const nlohmann::json& report);
void drawSandboxes(HtmlWriter& page, const nlohmann::json& report);
/// Privileges in PostgreSQL compared with the expected ones: from "privileges-MAJOR.diff".
bool hasPrivileges(const nlohmann::json& report);
void drawPrivileges(HtmlWriter& page, const nlohmann::json& report);
/// systemd's exposure levels with their limits: from records "exposure UNIT" = "0.4 of at most 1.2".
bool hasExposure(const nlohmann::json& report);
void drawExposure(HtmlWriter& page, const nlohmann::json& report);
/// Sabotages and the scenarios that noticed them: from "sabotages".
bool hasSabotages(const nlohmann::json& report);
void drawSabotages(HtmlWriter& page, const nlohmann::json& report);
/// Screenshots that scenarios took.
bool hasScreenshots(const nlohmann::json& report);
void drawScreenshots(HtmlWriter& page, const nlohmann::json& report);
/// How long each phase of the run took.
bool hasTimeLine(const nlohmann::json& report);
void drawTimeLine(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
