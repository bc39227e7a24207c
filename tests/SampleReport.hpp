#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/Base64.hpp"

namespace boxtest {

/// A report in JSON with something of everything that a page can show.
inline nlohmann::json sampleReport() {
    using nlohmann::json;
    const json peers{
        {"rules",
         {{{"number", 1}, {"text", "local all postgres peer"}},
          {{"number", 2}, {"text", "local odoo_martel_14 jane peer"}},
          {{"number", 3}, {"text", "local all all reject"}}}},
        {"attempts",
         {{{"user", "postgres"}, {"role", "postgres"}, {"database", "postgres"}, {"sqlstate", "00000"}, {"rule", 1}},
          {{"user", "jane"}, {"role", "postgres"}, {"database", "postgres"}, {"sqlstate", "28000"}, {"rule", 1}},
          {{"user", "jane"}, {"role", "jane"}, {"database", "odoo_martel_14"}, {"sqlstate", "00000"}, {"rule", 2}},
          {{"user", "nobody"}, {"role", "jane"}, {"database", "odoo_martel_14"}, {"sqlstate", "28000"}, {"rule", 2}},
          {{"user", "daemon"}, {"role", "jane"}, {"database", "odoo_martel_14"}, {"sqlstate", "28000"}, {"rule", 2}},
          {{"user", "postgres"}, {"role", "jane"}, {"database", "pgadmin"}, {"sqlstate", ""}, {"message", "timed out"}}}}};
    const auto sandbox = [](const std::string& service, const std::string& answer, const std::string& deviation) {
        return json{{"service", service},
                    {"unit", service + ".service"},
                    {"user", service},
                    {"probes",
                     {{{"probe", "read /etc/shadow"},
                       {"expected", "EACCES"},
                       {"answer", answer},
                       {"detail", "64 bytes"},
                       {"deviation", deviation}},
                      {{"probe", "socket unix"}, {"expected", "ok"}, {"answer", "ok"}, {"detail", ""}, {"deviation", ""}},
                      {{"probe", "create $LOGS_DIRECTORY"},
                       {"expected", "unset"},
                       {"answer", "unset"},
                       {"detail", ""},
                       {"deviation", ""}}}}}
            .dump();
    };
    const std::string doors =
        "client /run/dbus/system_bus_socket init.scope:root\n"
        "door tcp 0.0.0.0:22 - host ssh.service:root\n"
        "door tcp [::]:22 - host ssh.service:root\n"
        "door tcp 127.0.0.1:8069 - host odoo.service:odoo\n"
        "door packet enp0s3:35020 - host systemd-networkd.service:systemd-network\n"
        "door unix-stream /run/pgadmin.sock root:0660 host pgadmin.service:pgadmin\n"
        "door unix-stream /run/postgresql/.s.PGSQL.5432 postgres:0777 postgresql.service postgresql.service:postgres\n";
    // One pixel.
    const std::string png =
        base64Decoded("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
    const auto text = [](const std::string& name, const std::string& content) { return json{{"name", name}, {"text", content}}; };

    json failed{
        {"scenario", "TcpRefused.NobodyListens"},
        {"verdict", "failed"},
        {"seconds", 2.5},
        {"machine_seconds", 1.5},
        {"failures", {"scenarios/TcpRefused.cpp:42\nExpected: 'refused'\n  Actual: 'open'"}},
        {"records", json::object()},
        {"attachments", json::array()},
        {"kept", "/cache/runs/x/kept/TcpRefused.NobodyListens"},
        {"asked_counts", {{"statement", 2}, {"command", 1}}},
        {"asked",
         {{{"seconds", 0.1}, {"who", "admin on postgres"}, {"what", "SHOW listen_addresses"}, {"answer", "00000, 1 rows"}},
          {{"seconds", 0.4}, {"who", "root"}, {"what", "ss -ltn"}, {"answer", ""}}}},
        {"journal", "Nov 27 04:00:00 odoo-host postgresql[1]: ready\nNov 27 04:00:01 odoo-host sshd[2]: Accepted\n"},
        {"console", "[    0.000000] Linux version 6.12\n"}};
    json passed{
        {"scenario", "PeerAuth.EveryOsUserEntersAsItself"},
        {"verdict", "passed"},
        {"seconds", 1.5},
        {"machine_seconds", 1.0},
        {"failures", json::array()},
        {"records",
         {{"roles", "5"}, {"exposure odoo.service", "1.1 of at most 1.2"}, {"exposure nginx.service", "1.7 of at most 1.5"}}},
        {"evidence",
         {text("peer-matrix.txt", "a b c\n"), text("peers.json", peers.dump()), text("doors.txt", doors),
          text("sandbox-odoo.json", sandbox("odoo", "EACCES", "")),
          text("sandbox-nginx.json", sandbox("nginx", "ok", "read /etc/shadow: expected EACCES, found ok")),
          text("privileges-17.diff",
               "  cluster | grant | database postgres | odoo | CONNECT\n+ odoo_martel_14 | owner | table x | jane | -\n- cluster "
               "| hba | rule 9 | all | reject\n"),
          json{{"name", "odoo-login.png"}, {"png", base64(png)}}, json{{"name", "huge.txt"}, {"left_out", "it has 9 MiB"}}}}};
    json gap{{"scenario", "HandymanGap.SheMayAlterIt"},
             {"verdict", "known gap"},
             {"seconds", 0.5},
             {"failures", json::array()},
             {"gap", "She may alter pgAdmin's database."}};
    json notRun{{"scenario", "Backup.Restores"}, {"verdict", "not run"}, {"failures", {"QEMU died"}}};
    const auto claim = [](const std::string& id, const std::string& section, const std::string& verdict, const json& scenarios) {
        return json{{"claim", id},
                    {"section", section},
                    {"promise", "The promise of " + id + " holds."},
                    {"verdict", verdict},
                    {"counts",
                     {{"passed", verdict == "proven" ? 1 : 0},
                      {"known_gap", 0},
                      {"failed", verdict == "broken" ? 1 : 0},
                      {"not_run", 0}}},
                    {"left_out", json::array()},
                    {"scenarios", scenarios}};
    };
    json left = claim("names", "Names", "not run", json::array());
    left["left_out"] = {"Names.Others"};
    left["run"] = "ctest -L other-names";
    const auto spans = json{{{"phase", "fork"}, {"from", 1.0}, {"to", 2.0}},
                            {{"phase", "waiting"}, {"from", 2.0}, {"to", 3.0}},
                            {{"phase", "running"}, {"from", 3.0}, {"to", 5.5}}};
    return json{
        {"exit_status", 1},
        {"seconds", 7.5},
        {"stopped", "QEMU died"},
        {"counts", {{"passed", 1}, {"known_gap", 1}, {"failed", 1}, {"not_run", 1}}},
        {"run",
         {{"begun", "2026-11-27T04:00:00Z"},
          {"boxtest", "0.2.0"},
          {"shards",
           json::array({json{
               {"name", "one.json"}, {"shard", "1/1"}, {"seconds", 7.5}, {"exit_status", 1}, {"host", {{"name", "builder"}}}}})},
          {"command", "boxtest run 'PeerAuth.*'"},
          {"host",
           {{"name", "builder"},
            {"system", "Debian GNU/Linux 12"},
            {"kernel", "Linux 6.1 x86_64"},
            {"processor", "A CPU"},
            {"cores", 2},
            {"memory", 25769803776}}}}},
        {"tested",
         {{"flavour", "debian"},
          {"architecture", "x86_64"},
          {"id", "04ee6bcc8f0d"},
          {"accelerator", "tcg"},
          {"qemu", "10.0.2"},
          {"machines", "a fork each"},
          {"template", "06d2432aac73"},
          {"versions", {{"odoo", "19.0"}, {"postgresql", "17.2"}}}}},
        {"claims",
         {claim("tcp-refused", "PostgreSQL's socket", "broken", json::array({failed})),
          claim("peer-auth", "PostgreSQL's socket", "proven", json::array({passed})),
          claim("handyman-gap", "Handymen", "known gap", json::array({gap})),
          claim("backup", "Data", "not run", json::array({notRun})), left}},
        {"time_line",
         {{{"scenario", ""}, {"spans", {{{"phase", "template"}, {"from", 0.0}, {"to", 0.9}}}}},
          {{"scenario", "TcpRefused.NobodyListens"}, {"spans", spans}},
          {{"scenario", "PeerAuth.EveryOsUserEntersAsItself"}, {"spans", spans}}}},
        {"sabotages",
         {{"counts", {{"killed", 1}, {"survived", 1}}},
          {"never_red", {"Backup.Restores"}},
          {"sabotages",
           {{{"id", "hba-trusts"},
             {"claim", "peer-auth"},
             {"breaks", "pg_hba.conf trusts everybody"},
             {"outcome", "killed"},
             {"scenarios", {{{"scenario", "PeerAuth.X"}, {"outcome", "killed"}}}}},
            {{"id", "listens"},
             {"claim", "tcp-refused"},
             {"breaks", "PostgreSQL listens"},
             {"outcome", "survived"},
             {"scenarios",
              {{{"scenario", "TcpRefused.X"}, {"outcome", "survived"}},
               {{"scenario", "TcpRefused.Y"}, {"outcome", "killed"}}}}}}}}}};
}

/// As of `boxtest verify`: a machine in use, of which not all can be seen.
inline nlohmann::json liveReport() {
    using nlohmann::json;
    auto report = sampleReport();
    report.erase("time_line");
    report.erase("sabotages");
    report["run"]["command"] = "boxtest verify admin@box.example --since last-week.json";
    report["tested"] = {{"flavour", "nixos"}, {"machines", "a machine in use, one scenario at a time"}};
    report["live"] = {{"machine", "admin@box.example"},
                      {"deviations", {"the service odoo is my-odoo.service, and not odoo.service", std::string(200, 'x')}},
                      {"since", "last-week.json"},
                      {"changes", {"PeerAuth.EveryOsUserEntersAsItself: was broken, is proven", "tcp-refused is broken now"}}};
    auto& claims = report["claims"];
    claims[1]["verdict"] = "in part";
    claims[1]["left_out"] = {"PeerAuth.RootEntersAsPostgres"};
    claims[1]["not_live"] = {
        {"PeerAuth.RootEntersAsPostgres", "it needs boxtest-probe, which only a guest made to be tested has"}};
    claims[4]["verdict"] = "not live";
    claims[4]["not_live"] = {{"Names.Others", "it changes the machine"}};
    return report;
}

/// sampleReport() and liveReport() by a guest, a host and a person that try everything: each text, also those inside evidence,
/// has markup before and after it, and so have names of records. What decides how the page is drawn (verdicts, phases, names of
/// files) stays.
inline nlohmann::json hostileReport() {
    using nlohmann::json;
    const std::string before =
        "</title></pre></style></svg>\"'><script>window.owned=1</script><img src=x onerror=window.owned=1>";
    const std::string after =
        "<svg onload=window.owned=1><a href=javascript:window.owned=1>x</a>\x1b[2J\xff]]>--><!--\xe2\x80\xae";
    const std::function<json(const json&, const std::string&)> poison = [&](const json& value, const std::string& key) -> json {
        if (value.is_object()) {
            auto poisoned = json::object();
            for (const auto& [name, one] : value.items()) {
                const bool free = key == "records" || key == "versions" || key == "asked_counts";
                poisoned[free ? name + before : name] = poison(one, free ? "text" : name);
            }
            return poisoned;
        }
        if (value.is_array()) {
            auto poisoned = json::array();
            for (const auto& one : value) poisoned.push_back(poison(one, key));
            return poisoned;
        }
        for (const auto* fixed : {"verdict", "phase", "png", "begun", "sqlstate", "outcome"})
            if (key == fixed) return value;
        if (key == "name" && value.is_string() && value.get<std::string>().find('.') != std::string::npos) return value;
        if (!value.is_string()) return value;
        auto text = value.get<std::string>();
        // Evidence from which pictures are drawn.
        if (const auto inner = json::parse(text, nullptr, false); inner.is_object())
            return poison(inner, "").dump(-1, ' ', false, json::error_handler_t::replace);
        if (key == "text" && text.find(" | ") != std::string::npos)
            return text + "+ " + before + " | owner | " + before + " | " + after + " | x\n";
        if (key == "text" && text.starts_with("client "))
            return text + "door tcp <script>window.owned=1</script>:1 - host " + before + ":root\ndoor unix-stream /run/" +
                   before + after + " root:0666 host x\n";
        return before + text + after;
    };
    auto report = sampleReport();
    report["live"] = liveReport()["live"];
    return poison(report, "");
}

}  // namespace boxtest
