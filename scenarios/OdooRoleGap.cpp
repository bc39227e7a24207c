/// The known gap of a superuser who uses Odoo's tables: traps that no setting prevents, one kind per scenario.
#include "OdooRole.hpp"
#include "OdooTraps.hpp"

namespace boxtest {
namespace {

// If a scenario of the known gap fails, the gap is not as described any more: the documentation has to be changed.

class Gap {
   public:
    Gap(RunningGuest& guest, const std::string& trap) : traps_(guest, {OdooTraps::open(trap)}), guest_(guest) {}

    /// Whether the admin, through the tunnel, ran Odoo's code by executing the trap's statement, and Odoo's role became a
    /// superuser.
    testing::AssertionResult isOpen(const std::string& first = {}) {
        auto admin = guest_.adminDatabase(guest_.names().odooDatabase);
        if (!first.empty()) admin.execute(first);
        const auto outcome = admin.attempt(traps_.traps().front().use);
        if (!outcome.succeeded()) return testing::AssertionFailure() << outcome.describe();
        if (traps_.caught(guest_.names().admin) != traps_.names())
            return testing::AssertionFailure() << "the admin has not run Odoo's code";
        if (!traps_.gained()) return testing::AssertionFailure() << "Odoo's role has not become a superuser";
        return testing::AssertionSuccess();
    }

   private:
    OdooTraps traps_;
    RunningGuest& guest_;
};

SCENARIO(OdooRole, KnownGapASuperusersSelectComputesAnIndexExpression, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("a superuser who plans any statement on a table computes its indexes' constant expressions, which Odoo can write");
    EXPECT_TRUE(Gap(guest(), "index expression").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersSelectRunsACast, Effect::changes) {
    knownGap("a superuser who compares a column runs the cast of its type, which Odoo can make");
    EXPECT_TRUE(Gap(guest(), "cast").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersUpdateRunsATrigger, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("a superuser who changes a row runs its table's triggers");
    EXPECT_TRUE(Gap(guest(), "trigger").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersUpdateRunsARule, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("a superuser who changes a row runs its table's rules");
    EXPECT_TRUE(Gap(guest(), "rule").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersInsertRunsAColumnsDefault, Effect::changes) {
    knownGap("a superuser who adds a row computes its columns' defaults");
    EXPECT_TRUE(Gap(guest(), "column default").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersUpdateComputesAGeneratedColumn, Effect::changes) {
    knownGap("a superuser who changes a row computes its generated columns");
    EXPECT_TRUE(Gap(guest(), "generated column").isOpen());
}

SCENARIO(OdooRole, KnownGapASuperusersUpdateRunsACheckConstraint, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("a superuser who changes a row runs its table's check constraints");
    EXPECT_TRUE(Gap(guest(), "check constraint").isOpen());
}

SCENARIO(OdooRole, KnownGapSetRoleProtectsNoSuperuser, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("a superuser who has taken a handyman's role by SET ROLE is still one to whatever resets it");
    EXPECT_TRUE(Gap(guest(), "trigger").isOpen("SET ROLE " + quoteName(names().handyman)));
}

}  // namespace
}  // namespace boxtest
