#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "Browser.hpp"
#include "Facts.hpp"
#include "Scenario.hpp"
#include "Survey.hpp"
#include "base/Error.hpp"
#include "base/TextPattern.hpp"

namespace boxtest {
namespace {

/// pgAdmin stores a file for each visitor, even without login: most of these scenarios change the machine.
class PgadminWeb : public Scenario {
   protected:
    static std::string at(const std::string& path) { return manifest().web.pgadmin.path + path; }

    static PgadminClient loggedIn() {
        auto client = guest().pgadmin();
        if (!client.login(manifest().web.pgadmin.login, manifest().web.pgadmin.password()))
            throw GuestError("pgAdmin refuses the manifest's login");
        return client;
    }

    /// The pre-registered server, connected, and its Odoo database.
    struct Opened {
        PgadminClient client;
        int server;
        PgadminNode database;
    };
    static Opened opened() {
        auto client = loggedIn();
        const auto servers = client.servers();
        if (servers.size() != 1)
            throw GuestError(fmt::format("pgAdmin has {} registered servers instead of one", servers.size()));
        const auto connected = client.connectServer(servers[0].id);
        if (connected.status != 200) throw GuestError("pgAdmin does not open its registered server: " + connected.describe());
        const auto databases = client.databases(servers[0].id);
        const auto found = std::find_if(databases.begin(), databases.end(),
                                        [](const PgadminNode& node) { return node.label == names().odooDatabase; });
        if (found == databases.end()) throw GuestError("pgAdmin does not show the database '" + names().odooDatabase + "'");
        return {std::move(client), servers[0].id, *found};
    }

    /// The headers that pgAdmin's own pages send.
    static HttpRequest tokenOf(const HttpResponse& loginPage) {
        static const TextPattern pattern(R"re(csrfToken["']?\s*:\s*["']([^"']+)["'])re");
        const auto token = pattern.caught(loginPage.body);
        if (!token) throw GuestError("no token on pgAdmin's login page: " + loginPage.describe());
        HttpRequest request;
        request.headers = {"X-pgA-CSRFToken: " + *token, "Referer: https://" + names().domain + at("/login")};
        return request;
    }

    /// Access denied: 401, 403 or a redirect to the login page, without any protected content.
    static testing::AssertionResult turnedAway(const HttpResponse& answer) {
        const auto location = answer.header("location").value_or("");
        const bool toLogin = answer.status >= 300 && answer.status < 400 && location.find("/login") != std::string::npos;
        const bool leaks = answer.body.find(manifest().postgresql.socketDirectory) != std::string::npos;
        if ((answer.status == 401 || answer.status == 403 || toLogin) && !leaks) return testing::AssertionSuccess();
        return testing::AssertionFailure() << "somebody without a login got an answer: " << answer.describe();
    }
};

SCENARIO(PgadminWeb, TheLoginPageIsServedOverTls, Effect::changes) {
    const auto page = guest().pgadmin().loginPage();
    EXPECT_EQ(page.status, 200) << page.describe();
    EXPECT_THAT(page.body, testing::HasSubstr("csrf"));
    EXPECT_THAT(page.body, testing::HasSubstr("password"));
    const auto bare = guest().http().get(manifest().web.pgadmin.path, {.headers = {}, .followRedirects = true});
    EXPECT_EQ(bare.status, 200) << "the documented address: " << bare.describe();
    EXPECT_THAT(bare.url, testing::HasSubstr("/login"));
}

SCENARIO(PgadminWeb, WithoutALoginNothingAnswers, Effect::changes) {
    auto known = loggedIn();
    ASSERT_FALSE(known.servers().empty()) << "not even somebody with a login sees the server";
    // With the login page's token, so that only the login is missing.
    auto client = guest().pgadmin();
    const auto request = tokenOf(client.loginPage());
    Facts facts;
    for (const auto* path :
         {"/browser/", "/browser/js/utils.js", "/browser/server_group/nodes/", "/browser/server/nodes/1/",
          "/browser/server/obj/1/", "/settings/get_tree_state/", "/user_management/user/", "/misc/bgprocess/"}) {
        facts.expect(turnedAway(client.http().get(at(path), request)), path);
    }
    EXPECT_TRUE(facts.hold());
    for (const auto& server : known.servers()) {
        const auto path = fmt::format("/browser/server/connect/1/{}", server.id);
        const auto answer = client.http().post(at(path), nlohmann::json::object(), request);
        // pgAdmin has no login check for this request: it fails because there is no user, before it accesses the server.
        const bool wantsUser = answer.status == 500 && answer.body.find("AnonymousUser") != std::string::npos;
        EXPECT_TRUE(wantsUser || turnedAway(answer)) << path << ": " << answer.describe();
        EXPECT_EQ(known.connectServer(server.id).status, 200) << "not even somebody with a login is connected";
    }
}

SCENARIO(PgadminWeb, AWrongPasswordIsRefusedAndTheRightOneStillWorks, Effect::changes) {
    auto client = guest().pgadmin();
    EXPECT_FALSE(client.login(manifest().web.pgadmin.login, "not the password")) << "any password will do";
    EXPECT_TRUE(turnedAway(client.http().get(at("/browser/server_group/nodes/"), tokenOf(client.loginPage()))));
    // A successful login also resets pgAdmin's counter of failed logins.
    auto again = guest().pgadmin();
    ASSERT_TRUE(again.login(manifest().web.pgadmin.login, manifest().web.pgadmin.password()));
    EXPECT_FALSE(again.servers().empty());
}

SCENARIO(PgadminWeb, TheOdooServerIsRegisteredAndOpensWithoutAPassword, Effect::changes) {
    auto client = loggedIn();
    const auto servers = client.servers();
    ASSERT_EQ(servers.size(), 1U);
    const auto answer = client.connectServer(servers[0].id);
    EXPECT_EQ(answer.status, 200) << "428 would mean that it asks for a password: " << answer.describe();
    std::vector<std::string> shown;
    for (const auto& database : client.databases(servers[0].id)) shown.push_back(database.label);
    EXPECT_THAT(shown, testing::ElementsAre(names().odooDatabase));
}

SCENARIO(PgadminWeb, AQueryOnAnOdooTableRunsOverTheSocket, Effect::changes) {
    auto tool = opened();
    const auto answer = tool.client.query(tool.server, tool.database,
                                          "SELECT session_user::text, inet_client_addr() IS NULL, count(*) FROM res_partner");
    ASSERT_TRUE(answer.succeeded()) << answer.message;
    ASSERT_EQ(answer.rows.size(), 1U) << answer.rows.dump();
    EXPECT_EQ(answer.rows[0][0], names().pgadmin);
    EXPECT_EQ(answer.rows[0][1].dump(), "true") << "the connection came over TCP";
    EXPECT_GT(answer.rows[0][2].is_string() ? std::stoi(answer.rows[0][2].get<std::string>()) : answer.rows[0][2].get<int>(), 0);
}

SCENARIO(PgadminWeb, TheQueryToolWritesRowsAndChangesNothingElse, Effect::changes) {
    auto tool = opened();
    const auto update =
        tool.client.query(tool.server, tool.database,
                          "UPDATE res_partner SET comment = comment WHERE id = (SELECT min(id) FROM res_partner) RETURNING 1");
    EXPECT_TRUE(update.succeeded()) << update.message;
    const auto create = tool.client.query(tool.server, tool.database, "CREATE TABLE public.boxtest_pgadmin (n int)");
    EXPECT_FALSE(create.succeeded());
    EXPECT_THAT(create.message, testing::HasSubstr("42501")) << "the refusal must be PostgreSQL's";
    const auto truncate = tool.client.query(tool.server, tool.database, "TRUNCATE ir_config_parameter");
    EXPECT_FALSE(truncate.succeeded());
    EXPECT_THAT(truncate.message, testing::HasSubstr("42501"));
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(admin, "SELECT to_regclass('public.boxtest_pgadmin') IS NULL"), "t");
    EXPECT_GT(std::stoi(single(admin, "SELECT count(*) FROM public.ir_config_parameter")), 0);
}

SCENARIO(PgadminWeb, InARealBrowserAQueryRunsAfterTheLoginAndNothingElse, Effect::changes, .slow = true) {
    auto browser = openBrowser(guest());
    const auto& pgadmin = manifest().web.pgadmin;
    browser.open(pgadmin.path + "/", untilDrawn());
    browser.type("input[name=email]", pgadmin.login, untilDrawn());
    browser.type("input[name=password]", pgadmin.password(), untilDrawn());
    attach("pgadmin-login.png", browser.screenshot());
    browser.type("input[name=password]", WebDriver::enter, untilDrawn());

    // The group of servers, the registered server, which needs no password, its databases, and Odoo's database.
    const auto entry = [](int depth) { return fmt::format(".file-entry.depth-{}", depth); };
    for (int depth = 1; depth <= 3; ++depth) browser.click(entry(depth) + " .directory-toggle", untilDrawn());
    EXPECT_EQ(browser.text(entry(4), untilDrawn()), names().odooDatabase);
    browser.click(entry(4) + " .file-label", untilDrawn());
    attach("pgadmin-server.png", browser.screenshot());

    browser.click("button[aria-label='Query Tool']:not([disabled])", untilDrawn());
    browser.enterFrame("iframe", untilDrawn());
    const std::string editor = ".cm-content[contenteditable=true]";
    browser.click(editor, untilDrawn());
    browser.type(editor, "SELECT session_user, count(*) > 0 AS rows FROM res_partner", untilDrawn());
    // While the tool is still connecting, its key F5 does nothing without any message; its button stays disabled.
    browser.click("button[aria-label='Execute script']:not([disabled])", untilDrawn());
    browser.waitFor("[role=gridcell]", untilDrawn());
    attach("pgadmin-query.png", browser.screenshot());
    EXPECT_THAT(browser.texts("[role=gridcell]"), testing::IsSupersetOf({names().pgadmin, std::string("true")}));
}

SCENARIO(PgadminWeb, ItsSettingsAndItsAccountsAreTheExpectedOnes, Effect::reads) {
    EXPECT_THAT(Survey::ofWeb(guest(), {"pgadmin", "pgadmin-live", "pgadmin-code", "pgadmin-user", "not-loaded"}).findings(),
                testing::IsEmpty());
}

SCENARIO(PgadminWeb, NothingInItsDatabaseOpensADoorOrRunsCode, Effect::reads) {
    const auto survey = Survey::ofPgadminData(guest());
    attach("pgadmin-data.txt", survey.text());
    EXPECT_THAT(survey.findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
