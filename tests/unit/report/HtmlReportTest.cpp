#include "report/HtmlReport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "SampleReport.hpp"
#include "base/Error.hpp"
#include "report/ReportJson.hpp"
#include "unit/report/MixedReport.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(HtmlReport, ShowsVerdictFactsPromisesAndEvidence) {
    const auto page = htmlReport(sampleReport());
    EXPECT_THAT(page, AllOf(HasSubstr("<h1>Broken</h1>"), HasSubstr("The machine breaks 1 promise."), HasSubstr("04ee6bcc8f0d"),
                            HasSubstr("2026-11-27 04:00:00 UTC"), HasSubstr("24 GiB of memory"), HasSubstr("postgresql"),
                            HasSubstr("The run was stopped")));
    EXPECT_THAT(page, AllOf(HasSubstr("Every os user enters as itself"), HasSubstr("peer-matrix.txt, 1 line"),
                            HasSubstr("She may alter pgAdmin&#39;s database."), HasSubstr("ctest -L other-names"),
                            HasSubstr("1 scenario left out"), HasSubstr("huge.txt: not in the report, it has 9 MiB")));
}

TEST(HtmlReport, AFailureHasWhatWasFoundWhatLedThereAndTheWayBack) {
    const auto page = htmlReport(sampleReport());
    EXPECT_THAT(
        page, AllOf(HasSubstr("scenarios/TcpRefused.cpp:42"), HasSubstr("Expected: &#39;refused&#39;\n  Actual: &#39;open&#39;"),
                    HasSubstr("SHOW listen_addresses"), HasSubstr("no answer"), HasSubstr("sshd[2]: Accepted"),
                    HasSubstr("Linux version 6.12"), HasSubstr("boxtest resume TcpRefused.NobodyListens")));
}

TEST(HtmlReport, ARunsCommandsAreThoseThatWorkWhereItsMachineIs) {
    EXPECT_THAT(htmlReport(sampleReport()), AllOf(HasSubstr("<dd><code>boxtest run TcpRefused.NobodyListens</code></dd>"),
                                                  HasSubstr("again: <code>boxtest run tcp-refused</code>")));
    auto live = sampleReport();
    live["live"] = {{"machine", "admin@box.example"}};
    live["run"]["command"] = "boxtest verify admin@box.example";
    const auto ofLive = htmlReport(live);
    EXPECT_THAT(ofLive, AllOf(HasSubstr("<code>boxtest verify admin@box.example TcpRefused.NobodyListens</code>"),
                              HasSubstr("again: <code>boxtest verify admin@box.example tcp-refused</code>")));
    EXPECT_THAT(ofLive, Not(HasSubstr("<code>boxtest run ")));
    live["live"]["options"] = {"-p", "2222", "--names", "/srv/my box.json", 7, "$(reboot)"};
    EXPECT_THAT(htmlReport(live),
                AllOf(HasSubstr("<code>boxtest verify admin@box.example TcpRefused.NobodyListens -p 2222 --names "
                                "&#39;/srv/my box.json&#39; &#39;$(reboot)&#39;</code>"),
                      HasSubstr("again: <code>boxtest verify admin@box.example tcp-refused -p 2222 --names ")))
        << "a report may be anybody's file: its words stay words";
    auto built = sampleReport();
    built["run"]["resume"] = "nix run . -- resume /nix/store/x-report";
    EXPECT_THAT(htmlReport(built), HasSubstr("<code>nix run . -- resume /nix/store/x-report TcpRefused.NobodyListens</code>"));
}

TEST(HtmlReport, WhatWasTestedStandsOnTopBeforeTheFailures) {
    auto report = sampleReport();
    report["live"] = {{"machine", "admin@box.example"}};
    const auto page = htmlReport(report);
    std::size_t at = 0;
    for (const auto* next : {"href=\"#live\"", "href=\"#tested\"", "href=\"#failures\"", "href=\"#promises\"", "id=\"live\"",
                             "id=\"tested\"", "id=\"failures\"", "id=\"promises\""}) {
        const auto found = page.find(next, at);
        ASSERT_NE(found, std::string::npos) << next;
        at = found;
    }
    EXPECT_THAT(htmlReport(sampleReport()), Not(HasSubstr("#live\"")));
}

TEST(HtmlReport, DrawsWhatWasRecorded) {
    const auto page = htmlReport(sampleReport());
    EXPECT_THAT(page, AllOf(HasSubstr("as postgres"), HasSubstr("<strong>odoo_martel_14</strong><small>rule 2</small>"),
                            HasSubstr("nobody, daemon"), HasSubstr("pgadmin: timed out")));
    EXPECT_THAT(page,
                AllOf(HasSubstr("<strong>tcp 22</strong><small>on 0.0.0.0, [::]</small>"), HasSubstr("From the machine only")))
        << "IPv4 and IPv6 of one service are one door";
    EXPECT_THAT(page,
                AllOf(HasSubstr("1.7, limit 1.5: over it"), HasSubstr("2 of 3 differ from what is expected"),
                      HasSubstr("<td>+ too much</td>"), HasSubstr("expected EACCES"), HasSubstr("pg_hba.conf trusts everybody")));
    EXPECT_THAT(page, AllOf(HasSubstr("<title>TcpRefused.NobodyListens: running for 2.5 s, from 3.0 s on</title>"),
                            HasSubstr("alt=\"Screenshot odoo-login, taken by PeerAuth.EveryOsUserEntersAsItself\"")));
}

/// The page of a report whose claims have these verdicts.
std::string pageOf(const std::vector<std::string>& verdicts, nlohmann::json report = nlohmann::json::object()) {
    report.update({{"exit_status", 0}, {"tested", {{"flavour", "nixos"}}}, {"claims", nlohmann::json::array()}});
    for (const auto& verdict : verdicts)
        report["claims"].push_back({{"id", "a"}, {"section", "Section"}, {"text", "A promise."}, {"verdict", verdict}});
    return htmlReport(report);
}

/// The page of a report about a machine in use.
std::string livePage(const std::vector<std::string>& verdicts, const nlohmann::json& live = nlohmann::json::object()) {
    return pageOf(verdicts, {{"live", live}});
}

TEST(HtmlReport, OfARunThatLeftPromisesOutDoesNotSayThatAllAreKept) {
    EXPECT_THAT(pageOf({"proven", "known gap"}),
                AllOf(HasSubstr("<h1>Kept</h1>"), HasSubstr("The machine keeps all 2 promises.")));
    EXPECT_THAT(pageOf({"proven", "not run"}), AllOf(HasSubstr("<h1>Kept, as far as tried</h1>"),
                                                     HasSubstr("The machine keeps 1 of 2 promises; 1 was not tried in full.")));
    EXPECT_THAT(pageOf({"proven", "not run", "not run"}),
                HasSubstr("The machine keeps 1 of 3 promises; 2 were not tried in full."));
    EXPECT_THAT(pageOf({"not run"}), HasSubstr("<h1>Nothing proven</h1>"));
}

TEST(HtmlReport, OfAMachineInUseSaysWhatCannotBeSeenOnIt) {
    EXPECT_THAT(
        livePage({"proven", "known gap"}),
        AllOf(HasSubstr("<h1>Kept</h1>"), HasSubstr("The machine in use keeps all 2 promises."), HasSubstr("<dd>nixos</dd>")));
    EXPECT_THAT(livePage({"proven", "in part", "in part", "not live", "not run"}),
                AllOf(HasSubstr("<h1>Kept, as far as tried</h1>"),
                      HasSubstr("The machine in use keeps 1 of 5 promises, and of 2 more all that can be seen on it; 1 cannot be "
                                "seen on it; 1 was not tried in full.")));
    EXPECT_THAT(livePage({"in part", "not run"}),
                AllOf(HasSubstr("<h1>Kept, as far as tried</h1>"),
                      HasSubstr("keeps none of 2 promises in full, and of 1 all that can be seen on it; 1 was not tried")));
    EXPECT_THAT(livePage({"proven", "broken"}), HasSubstr("The machine breaks 1 promise."));
    EXPECT_THAT(livePage({"not live", "not run"}), HasSubstr("<h1>Nothing proven</h1>"));
}

TEST(HtmlReport, SaysOfAMachineInUseAndOfForksTheSameWord) {
    const auto wordOf = [](const std::string& page) {
        return page.substr(page.find("<h1>"), page.find("</h1>") - page.find("<h1>"));
    };
    for (const std::string open : {"not run", "in part", "not live"}) {
        EXPECT_EQ(wordOf(livePage({"proven", open})), "<h1>Kept, as far as tried") << open;
        EXPECT_EQ(wordOf(pageOf({"proven", open})), "<h1>Kept, as far as tried") << open;
    }
}

TEST(HtmlReport, WhatAMachineInUseCallsItsThingsIsText) {
    const auto page = livePage({"proven"}, {{"machine", "admin@<script>"},
                                            {"deviations", {"the domain is <script>alert(1)</script>"}},
                                            {"since", "<script>"},
                                            {"changes", {"<script> is broken now"}}});
    EXPECT_THAT(page, AllOf(HasSubstr("admin@&lt;script&gt;"), HasSubstr("the domain is &lt;script&gt;alert(1)&lt;/script&gt;"),
                            HasSubstr("What has changed since &lt;script&gt;"), HasSubstr("&lt;script&gt; is broken now")));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(HtmlReport, WhoeverIsLetInAlikeSharesARowAndARolesOwnUserHasOne) {
    nlohmann::json attempts;
    for (const auto* user : {"jane", "daemon", "bin"}) {
        attempts.push_back({{"user", user}, {"role", "jane"}, {"database", "shop"}, {"sqlstate", "00000"}});
        attempts.push_back({{"user", user}, {"role", "jane"}, {"database", "postgres"}, {"sqlstate", "42501"}});
    }
    const auto page = htmlReport(
        {{"claims",
          {{{"claim", "peer-auth"},
            {"scenarios",
             {{{"scenario", "PeerAuth.X"},
               {"evidence", {{{"name", "peers.json"}, {"text", nlohmann::json{{"attempts", attempts}}.dump()}}}}}}}}}}});
    EXPECT_THAT(page, AllOf(HasSubstr(">jane</th>"), HasSubstr(">daemon, bin</th>")));
    EXPECT_THAT(page, HasSubstr("<strong>shop</strong>; postgres: 42501"));
}

TEST(HtmlReport, WhatARunDidNotRecordIsNotThere) {
    auto report = mixedReport();
    const auto page = htmlReport(nlohmann::json::parse(reportJson(report, std::chrono::seconds(7))));
    for (const auto* absent :
         {"What was tested", "Who enters PostgreSQL", "The doors", "Rights in PostgreSQL", "Where the time went"})
        EXPECT_THAT(page, Not(HasSubstr(absent)));
    EXPECT_THAT(page, HasSubstr("<h1>Broken</h1>"));
}

/// The page has only tags that this program writes, and no attribute that runs or loads anything.
TEST(HtmlReport, AHostileGuestGetsNoTagAndNoAttributeOfItsOwn) {
    const auto page = htmlReport(hostileReport());
    const std::set<std::string> ours{
        "!doctype", "a",    "article", "figcaption", "figure", "h4",   "body", "caption", "code",  "dd",   "details", "div",
        "dl",       "dt",   "footer",  "h1",         "h2",     "h3",   "head", "header",  "html",  "img",  "li",      "line",
        "link",     "main", "meta",    "nav",        "p",      "pre",  "rect", "section", "small", "span", "strong",  "style",
        "summary",  "svg",  "table",   "tbody",      "td",     "text", "th",   "thead",   "title", "tr",   "ul",
    };
    const std::regex tag(R"(<([a-zA-Z!/][^\s>]*)([^>]*)>)");
    const std::regex attribute(R"re(\s([a-zA-Z-]+)(="([^"]*)")?)re");
    std::size_t tags = 0;
    for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end; ++at, ++tags) {
        auto name = (*at)[1].str();
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        EXPECT_TRUE(ours.contains(name.substr(name.starts_with('/') ? 1 : 0))) << at->str();
        const auto rest = (*at)[2].str();
        for (std::sregex_iterator one(rest.begin(), rest.end(), attribute); one != std::sregex_iterator(); ++one) {
            const auto key = (*one)[1].str(), value = (*one)[3].str();
            EXPECT_FALSE(key.starts_with("on")) << at->str();
            if (key == "src" || key == "href") {
                EXPECT_TRUE(value.starts_with("#") || value.starts_with("data:")) << at->str();
            }
        }
    }
    EXPECT_GT(tags, 500U);
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;window.owned=1&lt;/script&gt;"));
    // The hostile texts are shown as text. They were not simply left out.
    std::size_t shown = 0;
    for (auto found = page.find("window.owned"); found != std::string::npos; found = page.find("window.owned", found + 1))
        ++shown;
    EXPECT_GT(shown, 200U);
}

TEST(HtmlReport, WhatIsNoReportIsRefused) {
    for (const auto& odd : {nlohmann::json::array(), nlohmann::json{{"claims", 3}}, nlohmann::json{{"sabotages", 3}}}) {
        try {
            htmlReport(odd);
            ADD_FAILURE() << odd;
        } catch (const UsageError& error) {
            EXPECT_THAT(error.what(), HasSubstr("no report of boxtest"));
        }
    }
}

TEST(HtmlReport, AnOldOrOddReportIsShownAsFarAsItGoes) {
    EXPECT_THAT(htmlReport({{"claims", nlohmann::json::array()}}), HasSubstr("Nothing proven"));
    EXPECT_THAT(
        htmlReport({{"claims", {{{"claim", 7}, {"scenarios", {{{"scenario", nullptr}, {"records", 3}, {"evidence", {"x"}}}}}}}}}),
        HasSubstr("Promises"));
}

}  // namespace
}  // namespace boxtest
