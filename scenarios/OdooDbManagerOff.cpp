#include <fmt/format.h>
#include <gmock/gmock.h>

#include <future>
#include <optional>

#include "Facts.hpp"
#include "OdooBehind.hpp"
#include "Scenario.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

/// nginx has a protection of its own before Odoo's database management: these scenarios bypass it, as a program on the machine
/// could.
class OdooDbManagerOff : public Scenario {
   protected:
    /// Odoo itself must answer, and the list of databases must be unchanged at the end of every scenario.
    void SetUp() override {
        ASSERT_TRUE(postgresqlLives());
        const auto page = guest().odoo().loginPage();
        ASSERT_EQ(page.status, 200) << "Odoo does not show its login page: " << page.describe();
        before_ = databases();
    }
    void TearDown() override {
        // On a fork, the machine of a failed scenario is stopped.
        if (HasFailure() && hasOwnMachine()) return;
        EXPECT_EQ(databases(), before_) << "the list of databases has changed";
    }

    static std::string master() { return manifest().web.odoo.masterPassword(); }
    static constexpr auto newName = "boxtest_made";
    static constexpr auto noSuch = "boxtest_none";

    /// Odoo checks the master password before it checks whether the function is disabled, with a hash of 600,000 rounds. That
    /// takes about eight seconds each time without KVM, and two or three times as long for each form. So each interface is tried
    /// with one method, and all methods in one slow scenario.
    static Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

    HttpResponse submit(const std::string& action, const Form& form) {
        HttpRequest request;
        request.deadline = patiently();
        return http().post("/web/database/" + action, form, request);
    }

    HttpClient http() { return behind().http(); }
    OdooClient odoo() { return behind().odoo(); }

    /// Odoo answers with status 200 in all cases, so check the text. A successful action returns a redirect or a file.
    static testing::AssertionResult denied(const HttpResponse& answer) {
        const bool file = answer.header("content-disposition").has_value() || answer.body.starts_with("PK");
        const bool redirect = answer.status >= 300 && answer.status < 400;
        const bool says = answer.body.find("Access Denied") != std::string::npos;
        if (!file && !redirect && says) return testing::AssertionSuccess();
        return testing::AssertionFailure() << (file       ? "Odoo gave a file away: "
                                               : redirect ? "Odoo did it: "
                                                          : "Odoo refused for another reason, or not at all: ")
                                           << answer.status << " " << answer.header("location").value_or("") << " "
                                           << answer.header("content-disposition").value_or("") << " " << alertOf(answer.body);
    }

    static void byXmlRpc(OdooClient& odoo, const std::string& method, const std::vector<std::string>& arguments, Facts& facts) {
        const auto answer = odoo.xmlRpc("db", method, arguments, patiently());
        facts.equal(std::string("3"), OdooClient::faultCode(answer), "db." + method + " by XML-RPC: " + answer.describe());
    }

    /// The name of Odoo's exception is the reason for a refusal; another exception means that the request was not understood.
    static bool accessDenied(const nlohmann::json& answer) {
        return answer.contains("error") && !answer.contains("result") &&
               answer.dump().find("odoo.exceptions.AccessDenied") != std::string::npos;
    }

    static void byJsonRpc(OdooClient& odoo, const std::string& method, const std::vector<nlohmann::json>& arguments,
                          Facts& facts) {
        const auto answer = odoo.service("db", method, arguments, patiently());
        const auto text = answer.dump();
        facts.expect(accessDenied(answer), "db." + method + " by JSON-RPC: " + text.substr(0, 300));
    }

    /// Sends the restore form with a file (RFC 7578).
    HttpResponse restore() {
        std::string body;
        const auto part = [&](const std::string& name, const std::string& more, const std::string& content) {
            body += "--boxtest\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + content + "\r\n";
        };
        part("master_pwd", "", master());
        part("name", "", newName);
        part("copy", "", "true");
        // An empty archive.
        part("backup_file", "; filename=\"backup.zip\"\r\nContent-Type: application/zip", "PK\5\6" + std::string(18, '\0'));
        body += "--boxtest--\r\n";
        HttpRequest request;
        request.deadline = patiently();
        request.headers = {"Content-Type: multipart/form-data; boundary=boxtest"};
        return http().send("POST", "/web/database/restore", body, request);
    }

    static std::string alertOf(const std::string& body) {
        const auto alert = body.find("alert-danger");
        return alert == std::string::npos ? "(no error on the page)" : body.substr(alert, 300);
    }

   private:
    static std::vector<std::string> databases() {
        auto admin = guest().adminDatabase("postgres");
        return column(admin, "SELECT format('%s of %s', datname, datdba::regrole) FROM pg_database ORDER BY 1");
    }
    std::vector<std::string> before_;
    OdooBehind& behind() {
        if (!behind_) behind_.emplace(guest());
        return *behind_;
    }
    std::optional<OdooBehind> behind_;
};

SCENARIO(OdooDbManagerOff, TheWebServerPassesNothingOfItOn, Effect::reads, .parallel = true,
         .notLive = "it needs Odoo's master password, and tries it") {
    ASSERT_EQ(guest().http().get("/web/login").status, 200) << "nginx passes nothing on at all";
    Facts facts;
    for (const auto* path : {"/web/database/manager", "/web/database/selector", "/web/database/list", "//web/database/manager",
                             "/web/./database/manager", "/web/%64atabase/manager", "/web/database"}) {
        const auto answer = guest().http().get(path);
        facts.equal(404L, answer.status, path);
        facts.that(answer.body, Not(HasSubstr("disabled by the administrator")), std::string(path) + " is Odoo's own answer");
    }
    for (const auto* action : {"create", "drop", "backup", "restore", "duplicate", "change_password"}) {
        const auto path = std::string("/web/database/") + action;
        facts.equal(404L, guest().http().post(path, Form{{"master_pwd", master()}, {"name", noSuch}}).status, path);
    }
    auto outside = guest().odoo();
    facts.equal(404L, outside.xmlRpc("db", "list", {}).status, "/xmlrpc/2/db");
    facts.equal(404L, guest().http().send("POST", "/xmlrpc/db", "<methodCall/>", {}).status, "/xmlrpc/db");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooDbManagerOff, ThePagesOfferNothingAndNameNoOtherDatabase, Effect::reads, .parallel = true) {
    Facts facts;
    for (const auto* path : {"/web/database/manager", "/web/database/selector"}) {
        // The status is 200 whether database management is on or off.
        const auto page = http().get(path, {.headers = {}, .followRedirects = true});
        facts.equal(200L, page.status, path);
        facts.that(page.body, HasSubstr("disabled by the administrator"), std::string(path) + " offers database management");
        // The name of pgAdmin's database may also occur elsewhere on the page: search for it as a list item.
        for (const auto& database : {names().pgadminDatabase, std::string("postgres")})
            facts.that(page.body, Not(HasSubstr("db=" + database)), path);
    }
    const auto list = odoo().jsonRpc("/web/database/list", nlohmann::json::object());
    facts.expect(accessDenied(list), "Odoo lists its databases: " + list.dump().substr(0, 300));
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooDbManagerOff, ThereIsNoOtherOdooAndNoOtherWayToIt, Effect::reads, .parallel = true) {
    // A second Odoo, unknown to nginx, could enable what is disabled in Odoo's unit.
    EXPECT_THAT(Survey::run(guest(), "doors")
                    .findings({"door", "process", "client", "odoo", "odoo-setting", "odoo-option", "odoo-not-loaded", "filter",
                               "filter-elsewhere"}),
                testing::IsEmpty());
}

SCENARIO(OdooDbManagerOff, OpenQuestionsAboutDatabasesAreAnsweredForItsOwnOnly, Effect::reads, .parallel = true) {
    auto odoo = this->odoo();
    const auto exists = [&](const std::string& database) {
        return odoo.service("db", "db_exist", nlohmann::json::array({database}));
    };
    EXPECT_EQ(exists(names().odooDatabase).value("result", false), true) << "not even its own: the question is not understood";
    Facts facts;
    for (const auto& database : {names().pgadminDatabase, std::string("template1"), std::string(noSuch)}) {
        const auto answer = exists(database);
        facts.expect(answer.value("result", nlohmann::json(true)) == false, database + ": " + answer.dump().substr(0, 300));
    }
    const auto list = odoo.service("db", "list", nlohmann::json::array());
    facts.expect(accessDenied(list), "db.list: " + list.dump().substr(0, 300));
    // This method does not exist; an Odoo version that has it must refuse it.
    const auto older = odoo.service("db", "list_databases", nlohmann::json::array());
    const auto none = older.value(nlohmann::json::json_pointer("/error/data/name"), std::string()) == "builtins.KeyError" &&
                      older.value(nlohmann::json::json_pointer("/error/data/message"), std::string()).find("Method not found") !=
                          std::string::npos;
    facts.expect((none || accessDenied(older)) && !older.contains("result"), "db.list_databases: " + older.dump().substr(0, 300));
    facts.equal(std::string("3"), OdooClient::faultCode(odoo.xmlRpc("db", "list", {})), "db.list by XML-RPC");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooDbManagerOff, TheMasterPasswordIsNoDefaultOne, Effect::reads, .parallel = true,
         .notLive = "it needs Odoo's master password, and tries it") {
    EXPECT_GE(master().size(), 16U) << "the manifest's master password is short";
    auto odoo = this->odoo();
    Facts facts;
    for (const auto& guess : {std::string("admin"), std::string("odoo"), std::string(), manifest().web.odoo.password()}) {
        facts.expect(guess != master(), "the master password can be guessed");
        const auto answer = odoo.xmlRpc("db", "dump", {guess, names().odooDatabase, "dump"}, patiently());
        facts.equal(std::string("3"), OdooClient::faultCode(answer), "db.dump with a guess: " + answer.describe());
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooDbManagerOff, TheRightMasterPasswordOpensNoneOfTheThreeWays, Effect::changes, .parallel = true) {
    // A wrong master password is refused with the same message: so first check that Odoo uses this one.
    const auto right = guest().asRoot(fmt::format(R"sh(
pid=$(systemctl show -P MainPID -- {})
conf=$(tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n '/^-c$/{{n;p;}}')
test "$(nsenter -t "$pid" -m -- sed -n 's/^admin_passwd = //p' "$conf")" = "$(cat)"
)sh",
                                                  Session::quote(manifest().services.odoo.unit)),
                                      {.input = master(), .deadline = patiently()});
    ASSERT_TRUE(right.succeeded()) << "Odoo does not run by the manifest's master password: " << right.describe();
    auto odoo = this->odoo();
    Facts facts;
    // The form takes Odoo longest: another Odoo process can answer in the meantime.
    auto form = std::async(std::launch::async, [this] {
        return submit("backup", {{"master_pwd", master()}, {"name", names().odooDatabase}, {"backup_format", "dump"}});
    });
    byXmlRpc(odoo, "dump", {master(), names().odooDatabase, "dump"}, facts);
    byJsonRpc(odoo, "create_database", {master(), newName, false, "en_US", "x", "admin"}, facts);
    facts.expect(denied(form.get()), "the form to make a backup");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooDbManagerOff, ExhaustivelyEveryMethodRefusesTheRightMasterPassword, Effect::changes, .slow = true,
         .parallel = true) {
    auto odoo = this->odoo();
    const auto& own = names().odooDatabase;
    Facts facts;
    byXmlRpc(odoo, "create_database", {master(), newName, "", "en_US", "x", "admin"}, facts);
    byXmlRpc(odoo, "duplicate_database", {master(), own, newName}, facts);
    byXmlRpc(odoo, "drop", {master(), noSuch}, facts);
    byXmlRpc(odoo, "rename", {master(), noSuch, newName}, facts);
    byXmlRpc(odoo, "restore", {master(), newName, "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}, facts);
    byXmlRpc(odoo, "change_admin_password", {master(), master()}, facts);
    // Each request takes Odoo several seconds or more: after a finding, the rest is not needed.
    ASSERT_TRUE(facts.hold());
    byJsonRpc(odoo, "drop", {master(), noSuch}, facts);
    byJsonRpc(odoo, "dump", {master(), own, "zip"}, facts);
    byJsonRpc(odoo, "migrate_databases", {master(), nlohmann::json::array({noSuch})}, facts);
    const std::vector<std::pair<std::string, Form>> forms{
        {"create",
         {{"master_pwd", master()}, {"name", newName}, {"login", "admin"}, {"password", "x"}, {"lang", "en_US"}, {"phone", ""}}},
        {"duplicate", {{"master_pwd", master()}, {"name", own}, {"new_name", newName}}},
        {"drop", {{"master_pwd", master()}, {"name", noSuch}}},
        {"change_password", {{"master_pwd", master()}, {"master_pwd_new", master()}}},
    };
    for (const auto& [action, form] : forms) facts.expect(denied(submit(action, form)), "the form to " + action);
    facts.expect(denied(restore()), "the form to restore");
    EXPECT_TRUE(facts.hold());
}

}  // namespace
}  // namespace boxtest
