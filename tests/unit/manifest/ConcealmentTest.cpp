#include "manifest/Concealment.hpp"

#include <gtest/gtest.h>

#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

TEST(Concealment, TakesEachPasswordOfTheGuestOutOfAText) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    for (const auto& password :
         {manifest.web.odoo.password(), manifest.web.odoo.masterPassword(), manifest.web.pgadmin.password()}) {
        ASSERT_GE(password.size(), Concealment::shortest);
        EXPECT_EQ(Concealment::of(manifest).in("a " + password + password + " b"), "a [password][password] b");
    }
    EXPECT_EQ(Concealment::of(manifest).in("nothing of it"), "nothing of it");
    EXPECT_EQ(Concealment::of(Manifest()).in("no files"), "no files");
}

TEST(Concealment, OfAPasswordThatHasAnotherInItNothingStays) {
    EXPECT_EQ(Concealment({"correcthorse", "correcthorsebattery"}).in("correcthorsebattery correcthorse"),
              "[password] [password]");
}

TEST(Concealment, AShortOneIsLeft) { EXPECT_EQ(Concealment({"admin", ""}).in("admin"), "admin"); }

}  // namespace
}  // namespace boxtest
