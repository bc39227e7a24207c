#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"

namespace boxtest::html {

namespace {

bool isDoors(const std::string& name) { return name == "doors.txt"; }

struct Door {
    std::string kind;     ///< "tcp", "unix-stream"
    std::string address;  ///< "0.0.0.0:22", "/run/x"
    std::string mode;     ///< "root:0666", "-"
    std::string where;    ///< "host", or the owner of its network namespace
    std::string holders;  ///< "ssh.service:root"

    bool isNetwork() const { return kind == "tcp" || kind == "udp"; }
    bool isUnix() const { return kind.starts_with("unix"); }
    bool isLoopback() const { return address.starts_with("127.") || address.starts_with("[::1]"); }
    bool isOpenToAll() const {
        return !mode.empty() && (mode.back() == '6' || mode.back() == '7' || mode.back() == '2' || mode.back() == '3');
    }
};

std::vector<Door> parseDoors(const std::string& text) {
    std::vector<Door> doors;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        Door door;
        if (!(words >> word) || word != "door") continue;
        words >> door.kind >> door.address >> door.mode >> door.where;
        std::getline(words >> std::ws, door.holders);
        const auto same = std::find_if(doors.begin(), doors.end(), [&](const Door& other) {
            const auto port = [](const Door& one) { return one.address.substr(one.address.rfind(':') + 1); };
            return other.isNetwork() && door.isNetwork() && other.kind == door.kind && port(other) == port(door) &&
                   other.holders == door.holders && other.isLoopback() == door.isLoopback() && other.where == door.where;
        });
        // One service on all IPv4 and all IPv6 addresses counts as one door for readers.
        if (same != doors.end()) {
            same->address = same->address.substr(0, same->address.rfind(':')) + ", " + door.address;
            continue;
        }
        doors.push_back(std::move(door));
    }
    return doors;
}

/// Adds a space after each comma, so that a long list can wrap.
std::string spaced(const std::string& list) {
    std::string text;
    for (const char letter : list) text += letter == ',' ? std::string(", ") : std::string(1, letter);
    return text;
}

void drawZone(HtmlWriter& page, const std::string& title, const std::string& about, const std::string& kind,
              const std::vector<Door>& doors) {
    if (doors.empty()) return;
    const auto zone = page.open("section", {{"class", "zone " + kind}});
    page.element("h3", title);
    page.element("p", about);
    const auto list = page.open("ul");
    for (const auto& door : doors) {
        const auto item = page.open("li");
        if (door.isNetwork()) {
            page.element("strong", fmt::format("{} {}", door.kind, door.address.substr(door.address.rfind(':') + 1)));
            page.element("small", "on " + door.address.substr(0, door.address.rfind(':')));
        } else {
            page.element("strong", door.address);
            page.element("small", door.kind + (door.mode == "-" ? "" : ", " + door.mode));
        }
        page.element("span", door.holders.empty() ? std::string("nobody") : spaced(door.holders));
        if (door.where != "host") page.element("small", "network of " + door.where);
    }
}

}  // namespace

bool hasDoors(const nlohmann::json& report) {
    const auto all = evidenceOf(report, isDoors);
    return !all.empty() && !parseDoors(all.front().text()).empty();
}

void drawDoors(HtmlWriter& page, const nlohmann::json& report) {
    const auto doors = parseDoors(evidenceOf(report, isDoors).front().text());
    std::array<std::vector<Door>, 5> zones;
    for (const auto& door : doors) {
        const std::size_t zone = door.isNetwork()     ? (door.isLoopback() || door.where != "host" ? 1 : 0)
                                 : !door.isUnix()     ? 4
                                 : door.isOpenToAll() ? 2
                                                      : 3;
        zones[zone].push_back(door);
    }
    page.element("p",
                 fmt::format("Every socket that takes connections or datagrams, with the unit and the user that hold it: {}.",
                             countOf(doors.size(), "door")));
    const auto map = page.open("div", {{"class", "doors"}});
    drawZone(page, "From the network", "whoever reaches the machine", "network", zones[0]);
    drawZone(page, "From the machine only", "over loopback, or in a network of its own", "loopback", zones[1]);
    drawZone(page, "Unix sockets for everybody", "any user of the machine may connect; who is let in is the service's decision",
             "everybody", zones[2]);
    drawZone(page, "Unix sockets for some", "by owner and group", "some", zones[3]);
    drawZone(page, "Others", "packets of a network card, and the like", "other", zones[4]);
}

}  // namespace boxtest::html
