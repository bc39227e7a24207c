#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Scenario.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

class OdooDbManagerOff : public Scenario {
   protected:
    /// Odoo itself must answer, and the databases are the same at the end of every scenario.
    void SetUp() override {
        ASSERT_TRUE(postgresqlLives());
        const auto page = guest().odoo().loginPage();
        ASSERT_EQ(page.status, 200) << "Odoo does not show its login page: " << page.describe();
        before_ = databases();
    }
    void TearDown() override { EXPECT_EQ(databases(), before_) << "the list of databases has changed"; }

    static std::string master() { return manifest().web.odoo.masterPassword(); }
    static constexpr auto newName = "boxtest_made";
    static constexpr auto noSuch = "boxtest_none";

    /// Odoo checks the master password first, with a hash that takes many seconds without KVM.
    static Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

    static HttpResponse submit(const std::string& action, const Form& form) {
        HttpRequest request;
        request.deadline = patiently();
        return guest().http().post("/web/database/" + action, form, request);
    }

    /// Odoo answers 200 whatever happened: the text tells. What was done shows as a redirect or a file.
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
};

TEST_F(OdooDbManagerOff, TheManagersPageSaysThatItIsDisabled) {
    // The status is 200 in either case.
    const auto page = guest().http().get("/web/database/manager");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.body.find("disabled by the administrator") != std::string::npos) << "the page offers database management";
}

TEST_F(OdooDbManagerOff, TheSelectorNamesNoOtherDatabase) {
    const auto page = guest().http().get("/web/database/selector");
    // pgAdmin's database may be named as things on the page are: look for it as an item of the list.
    for (const auto& database : {names().pgadminDatabase, std::string("postgres")}) {
        EXPECT_THAT(page.body, Not(HasSubstr("db=" + database))) << page.describe();
    }
    const auto list = guest().odoo().jsonRpc("/web/database/list", nlohmann::json::object());
    EXPECT_TRUE(list.contains("error")) << "Odoo lists its databases: " << list.dump().substr(0, 300);
}

TEST_F(OdooDbManagerOff, ABackupWithTheRightMasterPasswordIsDenied) {
    const Form form{{"master_pwd", master()}, {"name", names().odooDatabase}, {"backup_format", "dump"}};
    EXPECT_TRUE(denied(submit("backup", form)));
}

TEST_F(OdooDbManagerOff, XmlRpcDeniesEvenWithTheRightMasterPassword) {
    auto odoo = guest().odoo();
    const auto alive = odoo.xmlRpc("common", "version", {});
    ASSERT_EQ(alive.status, 200) << alive.describe();
    ASSERT_EQ(OdooClient::faultCode(alive), "") << "XML-RPC itself does not work: " << alive.describe();
    const std::vector<std::pair<std::string, std::vector<std::string>>> calls{
        {"list", {}},
        {"drop", {master(), noSuch}},
        {"dump", {master(), names().odooDatabase, "dump"}},
    };
    Facts facts;
    for (const auto& [method, arguments] : calls) {
        const auto answer = odoo.xmlRpc("db", method, arguments, patiently());
        facts.equal(std::string("3"), OdooClient::faultCode(answer), "db." + method + ": " + answer.describe());
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(OdooDbManagerOff, JsonRpcDeniesEvenWithTheRightMasterPassword) {
    auto odoo = guest().odoo();
    ASSERT_TRUE(odoo.service("common", "version", nlohmann::json::array()).contains("result")) << "JSON-RPC itself does not work";
    const std::vector<std::pair<std::string, nlohmann::json>> calls{
        {"list", nlohmann::json::array()},
        {"create_database", nlohmann::json::array({master(), newName, false, "en_US", "x", "admin"})},
        {"duplicate_database", nlohmann::json::array({master(), noSuch, newName})},
        {"change_admin_password", nlohmann::json::array({master(), master()})},
    };
    Facts facts;
    for (const auto& [method, arguments] : calls) {
        const auto answer = odoo.service("db", method, arguments, patiently());
        const auto text = answer.dump();
        facts.expect(answer.contains("error") && !answer.contains("result") && text.find("AccessDenied") != std::string::npos,
                     "db." + method + ": " + text.substr(0, 300));
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(OdooDbManagerOff, TheMasterPasswordIsNoDefaultOne) {
    EXPECT_NE(master(), "admin");
    EXPECT_GE(master().size(), 16U) << "the manifest's master password is short";
    const auto answer = guest().odoo().xmlRpc("db", "dump", {"admin", names().odooDatabase, "dump"}, patiently());
    EXPECT_EQ(OdooClient::faultCode(answer), "3") << answer.describe();
}

TEST_F(OdooDbManagerOff, OpenQuestionsAboutDatabasesAreAnsweredForItsOwnOnly) {
    auto odoo = guest().odoo();
    const auto exists = [&](const std::string& database) {
        return odoo.service("db", "db_exist", nlohmann::json::array({database}));
    };
    EXPECT_EQ(exists(names().odooDatabase).value("result", false), true) << "not even its own: the question is not understood";
    for (const auto& database : {names().pgadminDatabase, std::string("template1"), std::string(noSuch)}) {
        const auto answer = exists(database);
        EXPECT_EQ(answer.value("result", true), false) << database << ": " << answer.dump().substr(0, 300);
    }
}

}  // namespace
}  // namespace boxtest
