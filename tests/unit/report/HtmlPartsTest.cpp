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

}  // namespace
}  // namespace boxtest::html
