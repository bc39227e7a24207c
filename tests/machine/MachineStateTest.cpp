/// What the check of the scenarios' effects detects and what it ignores, on the real guest.
#include "MachineState.hpp"

#include <gmock/gmock.h>

#include "machine/ForkOfTheGuest.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class MachineStateOfAGuest : public ForkOfTheGuest {
   protected:
    Database odoo() { return guest().adminDatabase(guest().names().odooDatabase); }

    /// Performs `something` and returns the differences that the check reports to a scenario that declares `effect`.
    std::vector<std::string> shownOf(Effect effect, const std::function<void()>& something) {
        const auto before = MachineState::of(guest(), effect);
        something();
        return MachineState::of(guest(), effect, &before).differencesFrom(before);
    }
};

TEST_F(MachineStateOfAGuest, ALookALoginAndAStatementLeaveNothing) {
    const auto look = [&] {
        EXPECT_TRUE(guest().session(guest().names().handyman).run({"ls", "/"}).succeeded());
        EXPECT_EQ(odoo().execute("SELECT count(*) FROM public.res_partner").size(), 1);
        guest().factsAsRoot("cat /etc/shadow >/dev/null; systemctl status >/dev/null");
    };
    EXPECT_THAT(shownOf(Effect::reads, look), IsEmpty());
    EXPECT_THAT(shownOf(Effect::rollsBack, look), IsEmpty());
}

TEST_F(MachineStateOfAGuest, WhatIsLeftShowsWhateverWasDeclared) {
    const auto name = guest().names().odooDatabase;
    for (const auto effect : {Effect::reads, Effect::rollsBack}) {
        const std::string mark = "boxtest-" + std::string(wordOf(effect));
        const auto shown = shownOf(effect, [&] {
            guest().factsAsRoot("echo x >/etc/" + mark + "; chmod 666 /etc/hostname; mkdir /usr/local/" + mark);
            odoo().execute("INSERT INTO public.ir_config_parameter (key, value) VALUES ('" + mark + "', 'x')");
            odoo().execute("CREATE ROLE " + quoteName(mark));
        });
        EXPECT_THAT(shown, Contains(StartsWith("new:  file /etc/" + mark + " f 644 root:root 2 bytes")));
        EXPECT_THAT(shown, Contains(StartsWith("new:  file /usr/local/" + mark + " d")));
        EXPECT_THAT(shown, Contains(StartsWith("new:  rows " + name + ":public.ir_config_parameter ")));
        EXPECT_THAT(shown, Contains(StartsWith("new:  rows postgres:pg_catalog.pg_authid ")));
        if (effect == Effect::reads) {
            EXPECT_THAT(shown, Contains(StartsWith("new:  file /etc/hostname f 666")));
        }
    }
    EXPECT_THAT(
        shownOf(Effect::rollsBack, [&] { guest().factsAsRoot("printf y >/etc/boxtest-reads; printf z >>/etc/boxtest-reads"); }),
        Contains(StartsWith("new:  content /etc/boxtest-reads ")))
        << "of the same size";
    EXPECT_THAT(
        shownOf(Effect::rollsBack,
                [&] { guest().factsAsRoot("systemctl stop -- " + Session::quote(guest().manifest().services.nginx.unit)); }),
        Contains(AllOf(StartsWith("new:  unit "), HasSubstr("inactive"))));
}

TEST_F(MachineStateOfAGuest, WhatWasTakenBackShowsOnlyToWhoDeclaresToRead) {
    const auto name = guest().names().odooDatabase;
    const auto writeAndTakeBack = [&] {
        guest().factsAsRoot("touch /etc/boxtest-was-here; rm /etc/boxtest-was-here");
        auto database = odoo();
        database.execute("BEGIN; UPDATE public.res_partner SET name = 'x'; ROLLBACK");
        database.execute("UPDATE public.res_country SET name = name WHERE id = 1");
    };
    EXPECT_THAT(shownOf(Effect::rollsBack, writeAndTakeBack), IsEmpty());
    const auto shown = shownOf(Effect::reads, writeAndTakeBack);
    EXPECT_THAT(shown, Contains(StartsWith("new:  file /etc d ")));
    EXPECT_THAT(shown, Contains(StartsWith("new:  rows " + name + ":public.res_country 1 written by transaction ")));
    EXPECT_THAT(shown, Contains(HasSubstr("deleted something, or was rolled back after it wrote")));
    EXPECT_THAT(
        shownOf(Effect::reads,
                [&] { guest().factsAsRoot("systemctl restart -- " + Session::quote(guest().manifest().services.nginx.unit)); }),
        Contains(StartsWith("new:  restarts " + guest().manifest().services.nginx.unit)));
}

}  // namespace
}  // namespace boxtest
