#include "Sections.hpp"

#include <gmock/gmock.h>

#include "base/Error.hpp"

namespace boxtest {
namespace {

TEST(Sections, GivesEachPartItsLines) {
    const auto sections = Sections::parse(
        "noise before\n== unit a.service\nActiveState=active\n\nUser=odoo\n== process a.service 12\n== process a.service 7\nx\n");
    EXPECT_EQ(sections.line("unit a.service"), "ActiveState=active");
    EXPECT_THAT(sections.lines("unit a.service"), testing::ElementsAre("ActiveState=active", "User=odoo"));
    EXPECT_EQ(sections.at("process a.service 12"), "");
    EXPECT_THAT(sections.namesAfter("process a.service "), testing::ElementsAre("12", "7"));
}

TEST(Sections, APartThatIsNotThereIsAnError) {
    const auto sections = Sections::parse("== one\n");
    EXPECT_FALSE(sections.has("two"));
    try {
        (void)sections.at("two");
        FAIL() << "an absent part must not look like an empty one";
    } catch (const GuestError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("'two'"));
    }
}

TEST(Sections, KeyValuesTakeTheFirstSeparatorOnly) {
    const auto values = keyValues("Uid:\t1\t1\t1\t1\nName:\ta:b\nno separator\n", ':');
    EXPECT_EQ(values.at("Uid"), "1\t1\t1\t1");
    EXPECT_EQ(values.at("Name"), "a:b");
    EXPECT_EQ(values.size(), 2U);
}

}  // namespace
}  // namespace boxtest
