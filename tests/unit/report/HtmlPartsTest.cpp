#include "report/HtmlParts.hpp"

#include <gtest/gtest.h>

namespace boxtest::html {
namespace {

TEST(HtmlParts, ANameBecomesASentence) {
    EXPECT_EQ(sentenceOf("EveryRuleIsPeer"), "Every rule is peer");
    EXPECT_EQ(sentenceOf("TheAdminIsASuperuserWithAllSixAttributes"), "The admin is a superuser with all six attributes");
    EXPECT_EQ(sentenceOf("TheHBARule"), "The HBA rule");
    EXPECT_EQ(sentenceOf("one"), "one");
    EXPECT_EQ(sentenceOf(""), "");
}

TEST(HtmlParts, WhatHasNoVerdictIsOpen) {
    EXPECT_EQ(classOf("proven"), "good");
    EXPECT_EQ(classOf("known gap"), "gap");
    EXPECT_EQ(classOf("failed"), "bad");
    EXPECT_EQ(classOf("\"><script>"), "open");
}

TEST(HtmlParts, OfALongTextTheBeginningIsShownAndNothingIsLost) {
    const auto drawn = [](std::string_view text) {
        HtmlWriter page;
        longText(page, text, 2);
        return page.html();
    };
    EXPECT_EQ(drawn("1"), "<pre>\n1</pre>\n");
    EXPECT_EQ(drawn("1\n2\n3\n4"), "<pre>\n1\n2\n3\n4</pre>\n") << "two lines are not worth it";
    EXPECT_EQ(drawn("1\n2\n3\n<4>\n5\n"),
              "<pre>\n1\n2\n</pre>\n<details class=\"text\"><summary>3 more "
              "lines</summary><pre>\n3\n&lt;4&gt;\n5\n</pre>\n</details>\n");
}

}  // namespace
}  // namespace boxtest::html
