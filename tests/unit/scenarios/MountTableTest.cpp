#include "MountTable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MountTable, NumbersAndRandomNamesAreNoDifference) {
    const auto one =
        normalisedMounts({"100 99 254:0 / / ro,relatime shared:1 master:2 - ext4 /dev/root rw",
                          "101 100 0:40 /tmp/systemd-private-0a1b-odoo.service-AbCdEf/tmp /tmp rw - ext4 /dev/root rw"},
                         "odoo.service");
    const auto other = normalisedMounts({"8 7 0:41 /tmp/systemd-private-0a1b-odoo.service-XyZ123/tmp /tmp rw - ext4 /dev/root rw",
                                         "7 6 254:0 / / ro,relatime - ext4 /dev/root rw"},
                                        "odoo.service");
    EXPECT_THAT(one, ElementsAre("/ ro,relatime / ext4 /dev/root rw", "/tmp rw /tmp/systemd-private/tmp ext4 /dev/root rw"));
    EXPECT_THAT(mountDifferences(one, "here", other, "there"), IsEmpty());
}

TEST(MountTable, OptionsAndMissingMountsAreDifferences) {
    const auto walled =
        normalisedMounts({"1 0 1:1 / / ro - ext4 /dev/root rw", "2 1 0:9 / /home ro - tmpfs tmpfs rw"}, "odoo.service");
    const auto open = normalisedMounts({"1 0 1:1 / / rw - ext4 /dev/root rw"}, "odoo.service");
    EXPECT_THAT(mountDifferences(open, "here", walled, "there"),
                ElementsAre("only here: / rw / ext4 /dev/root rw", "only there: / ro / ext4 /dev/root rw",
                            "only there: /home ro / tmpfs tmpfs rw"));
}

TEST(MountTable, CredentialsOfOtherUnitsAreNoDifference) {
    EXPECT_THAT(normalisedMounts({"1 0 0:1 / /run/credentials/odoo.service ro - tmpfs tmpfs rw",
                                  "2 0 0:2 / /run/credentials/nginx.service ro - tmpfs tmpfs rw"},
                                 "odoo.service"),
                ElementsAre("/run/credentials/odoo.service ro / tmpfs tmpfs rw"));
}

TEST(MountTable, TheSocketThatTheFirstProcessReplacesIsNoDifference) {
    EXPECT_THAT(normalisedMounts({"1 0 0:1 /systemd/inaccessible/sock /run/systemd/private ro - tmpfs tmpfs rw",
                                  "2 0 0:2 /systemd/inaccessible/dir /run/systemd/resolve ro - tmpfs tmpfs rw"},
                                 "odoo.service"),
                ElementsAre("/run/systemd/resolve ro /systemd/inaccessible/dir tmpfs tmpfs rw"));
}

TEST(MountTable, ALineThatIsNoMountIsAnError) {
    EXPECT_THAT(errorOf<GuestError>([] { normalisedMounts({"1 2 3"}, ""); }), HasSubstr("cannot read the mount '1 2 3'"));
    EXPECT_THAT(errorOf<GuestError>([] { normalisedMounts({"1 2 3 4 5 6 7 8 9"}, ""); }), HasSubstr("cannot read the mount"));
}

}  // namespace
}  // namespace boxtest
