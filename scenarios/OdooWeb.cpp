#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Browser.hpp"
#include "Facts.hpp"
#include "OdooBehind.hpp"
#include "Scenario.hpp"
#include "Survey.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

class OdooWeb : public Scenario {
   protected:
    static OdooClient loggedIn() {
        auto client = guest().odoo();
        if (!client.login(manifest().web.odoo.login, manifest().web.odoo.password(), patiently()))
            throw GuestError("Odoo refuses the manifest's login");
        return client;
    }

    /// Without KVM, Odoo takes many seconds to hash a password.
    static Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

    static nlohmann::json sessionOf(OdooClient& client) {
        return client.jsonRpc("/web/session/get_session_info", nlohmann::json::object(), patiently());
    }

    static std::string parameter(const std::string& key) {
        auto admin = guest().adminDatabase(names().odooDatabase);
        return single(admin,
                      "SELECT coalesce((SELECT value FROM public.ir_config_parameter WHERE key = " + quoteText(key) + "), '')");
    }

    static std::string users() {
        auto admin = guest().adminDatabase(names().odooDatabase);
        return single(admin, "SELECT string_agg(login, ' ' ORDER BY login) FROM public.res_users");
    }
};

SCENARIO(OdooWeb, ARealLoginWorksFromTheFormToADatabaseRow, Effect::changes, .parallel = true) {
    auto odoo = loggedIn();
    const auto session = sessionOf(odoo);
    ASSERT_TRUE(session.contains("result")) << session.dump().substr(0, 500);
    EXPECT_EQ(session["result"].value("username", ""), manifest().web.odoo.login);
    EXPECT_EQ(session["result"].value("db", ""), names().odooDatabase);
    const auto name = std::string("boxtest's partner");
    const auto made = odoo.call("res.partner", "create", nlohmann::json::array({nlohmann::json{{"name", name}}}),
                                nlohmann::json::object(), patiently());
    const auto id = (made.is_array() ? made.at(0) : made).get<int>();
    const auto select = fmt::format("SELECT count(*) FROM public.res_partner WHERE id = {} AND name = {}", id, quoteText(name));
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(admin, select), "1") << "what was entered by the web is not in the database";
    odoo.call("res.partner", "unlink", nlohmann::json::array({nlohmann::json::array({id})}));
    EXPECT_EQ(single(admin, select), "0");
    odoo.http().get("/web/session/logout");
    EXPECT_TRUE(sessionOf(odoo).contains("error")) << "still logged in after the logout";
}

SCENARIO(OdooWeb, WithoutALoginNothingIsTold, Effect::reads, .parallel = true) {
    auto odoo = guest().odoo();
    ASSERT_EQ(odoo.loginPage().status, 200);
    Facts facts;
    facts.expect(sessionOf(odoo).contains("error"), "a session without a login");
    const nlohmann::json read{{"model", "res.partner"},
                              {"method", "search_read"},
                              {"args", nlohmann::json::array({nlohmann::json::array()})},
                              {"kwargs", {{"limit", 1}}}};
    const auto rows = odoo.jsonRpc("/web/dataset/call_kw", read);
    facts.expect(rows.contains("error") && !rows.contains("result"), "rows without a login: " + rows.dump().substr(0, 300));
    const auto page = odoo.http().get("/odoo");
    const auto older = odoo.http().get("/web");
    for (const auto* answer : {&page, &older})
        facts.expect(answer->status != 200 || answer->body.find("oe_login_form") != std::string::npos,
                     "a page without a login: " + answer->describe());
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooWeb, DefaultPasswordsAreRefused, Effect::changes, .parallel = true) {
    auto odoo = guest().odoo();
    EXPECT_FALSE(odoo.login(manifest().web.odoo.login, "admin", patiently())) << "the password of a fresh Odoo still works";
    EXPECT_TRUE(sessionOf(odoo).contains("error")) << "refused, and logged in nevertheless";
    const auto login = [&](const std::string& user, const std::string& password) {
        return odoo.service("common", "login", nlohmann::json::array({names().odooDatabase, user, password}), patiently());
    };
    Facts facts;
    facts.expect(manifest().web.odoo.masterPassword() != manifest().web.odoo.password(), "it is the master password");
    // Users that demonstration data creates.
    for (const std::string user : {"demo", "portal", "odoo"}) {
        const auto answer = login(user, user);
        facts.expect(answer.value("result", nlohmann::json(1)) == false, user + ": " + answer.dump().substr(0, 300));
    }
    EXPECT_TRUE(facts.hold());
    const auto good = login(manifest().web.odoo.login, manifest().web.odoo.password());
    EXPECT_TRUE(good.value("result", nlohmann::json()).is_number_integer())
        << "not even the right one: " << good.dump().substr(0, 300);
}

SCENARIO(OdooWeb, NobodySignsUpAndNobodyResetsAPassword, Effect::reads, .parallel = true,
         .notLive = "if it were not refused, it would make an account") {
    const auto before = users();
    auto odoo = guest().odoo();
    const auto page = odoo.loginPage();
    ASSERT_EQ(page.status, 200) << page.describe();
    Facts facts;
    for (const auto* path : {"/web/signup", "/web/reset_password"}) {
        facts.expect(page.body.find(std::string("href=\"") + path) == std::string::npos,
                     std::string("the login page leads to ") + path);
        const auto form = odoo.http().get(path);
        facts.expect(form.status == 404, std::string(path) + ": " + form.describe().substr(0, 300));
        const auto sent = odoo.http().post(path, Form{{"login", "boxtest@example.org"},
                                                      {"name", "boxtest"},
                                                      {"password", "boxtest-boxtest"},
                                                      {"confirm_password", "boxtest-boxtest"}});
        facts.expect(sent.status == 404 || sent.status == 400, std::string(path) + ", sent: " + sent.describe().substr(0, 300));
    }
    facts.equal(before, users(), "Odoo's users");
    facts.that(parameter("auth_signup.invitation_scope"), Not(testing::Eq("b2c")), "who may sign up");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooWeb, AnotherHostNameInARequestChangesNothing, Effect::changes, .parallel = true) {
    // Otherwise the first login of an administrator would set this name as Odoo's public address, and select the database by it.
    const auto before = parameter("web.base.url");
    EXPECT_EQ(before, "https://" + names().domain);
    const std::string stranger = "stranger.example";
    HttpRequest request;
    request.headers = {"Host: " + stranger};
    request.deadline = patiently();
    // nginx rejects such requests, so bypass it.
    const OdooBehind behind(guest());
    const auto page = behind.http().get("/web/login", request);
    EXPECT_EQ(page.status, 200) << page.describe();
    EXPECT_THAT(page.body, Not(HasSubstr("/web/database/create")));
    const nlohmann::json login{
        {"jsonrpc", "2.0"},
        {"params",
         {{"db", names().odooDatabase}, {"login", manifest().web.odoo.login}, {"password", manifest().web.odoo.password()}}}};
    const auto answer = behind.http().post("/web/session/authenticate", login, request);
    ASSERT_THAT(answer.body, HasSubstr("\"uid\"")) << "the login did not work, so that nothing is proved: " << answer.describe();
    EXPECT_EQ(parameter("web.base.url"), before);
}

SCENARIO(OdooWeb, InARealBrowserTheAdministratorLogsInAndSeesTheFirstScreen, Effect::changes, .slow = true, .parallel = true) {
    auto browser = openBrowser(guest());
    const auto& odoo = manifest().web.odoo;
    browser.open("/web/login", untilDrawn());
    // Newer Odoo versions render the form with a script, and hide it until then.
    const std::string form = ".oe_login_form:not(.d-none) ";
    browser.type(form + "input[name=login]", odoo.login, untilDrawn());
    browser.type(form + "input[name=password]", odoo.password(), untilDrawn());
    attach("odoo-login.png", browser.screenshot());
    browser.type(form + "input[name=password]", WebDriver::enter, untilDrawn());
    browser.waitFor(".o_main_navbar", untilDrawn());
    browser.waitFor(".o_action_manager > *", untilDrawn());
    browser.waitUntilGone(".o_loading_indicator, .o_loading", untilDrawn());
    attach("odoo-first-screen.png", browser.screenshot());
    EXPECT_THAT(browser.url(), testing::StartsWith("https://" + names().domain + "/"));
    EXPECT_THAT(browser.url(), testing::Not(testing::HasSubstr("/web/login")));
    EXPECT_NE(browser.text(".o_main_navbar", untilDrawn()), "") << "the first screen is empty";
}

SCENARIO(OdooWeb, NobodyElseHasAnAccount, Effect::reads, .parallel = true) {
    // Nor a password for login: checks all existing accounts with their groups.
    EXPECT_THAT(Survey::ofWeb(guest(), {"odoo-user"}).findings(), testing::IsEmpty());
}

SCENARIO(OdooWeb, NobodyReachesItsRoutesWithoutALoginButThoseThatAreForEverybody, Effect::reads, .parallel = true,
         .notLive = "it starts a second Odoo for its routing map, which takes memory and time") {
    const auto survey = Survey::ofOdooRoutes(guest());
    attach("routes.txt", survey.text());
    EXPECT_THAT(survey.findings({"route", "loaded", "not-loaded", "version", "wants-a-login"}), testing::IsEmpty());
}

SCENARIO(OdooWeb, ExhaustivelyTheScriptsThatItKeepsAreThoseThatItsModulesMake, Effect::reads, .slow = true, .parallel = true,
         .notLive = "it starts a second Odoo, which makes all of them anew") {
    EXPECT_THAT(Survey::ofOdooRoutes(guest(), true).findings({"bundle"}), testing::IsEmpty());
}

SCENARIO(OdooWeb, NothingInItsDatabaseOpensADoorOrRunsWhatNobodyInstalled, Effect::reads, .parallel = true) {
    // Keys, devices, mail servers, groups, parameters, actions, rules, views, files: everything that persists across restarts.
    const auto survey = Survey::ofOdooData(guest());
    attach("odoo-data.txt", survey.text());
    EXPECT_THAT(survey.findings(), testing::IsEmpty());
}

SCENARIO(OdooWeb, NoTableHasRowsWhereAFreshOdooHasNone, Effect::reads, .parallel = true,
         .notLive = "whoever works with Odoo fills tables that are empty in a fresh one") {
    EXPECT_THAT(Survey::ofOdooTables(guest()).findings({"filled"}), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
