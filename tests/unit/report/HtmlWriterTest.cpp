#include "report/HtmlWriter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(HtmlWriter, EscapesEveryTextAndEveryValue) {
    HtmlWriter page;
    {
        const auto row = page.open("tr", {{"class", "\"><script>alert(1)</script>"}});
        page.element("td", {{"title", "' onclick='x"}}, "<script>alert(2)</script> & more");
        page.text("</tr>");
        page.fragmentLink("a\"b", "<b>");
    }
    EXPECT_EQ(page.html(),
              "<tr class=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"><td title=\"&#39; onclick=&#39;x\">&lt;script&gt;"
              "alert(2)&lt;/script&gt; &amp; more</td>&lt;/tr&gt;<a href=\"#a&quot;b\">&lt;b&gt;</a></tr>\n");
}

TEST(HtmlWriter, SpellsOutWhatIsNoTextOrTurnsALineRound) {
    EXPECT_EQ(HtmlWriter::escaped("a\x1b[2J\xff\tb\nc"), "a\\x1b[2J\\xff\tb\nc");
    EXPECT_EQ(HtmlWriter::escaped("gpj.\u202Eexe\u2066x"), "gpj.&lt;U+202E&gt;exe&lt;U+2066&gt;x");
    EXPECT_EQ(HtmlWriter::escaped("\u00fc\u4e2d\U0001F600"), "\u00fc\u4e2d\U0001F600");
}

TEST(HtmlWriter, EndsElementsInTheirOrderAndKeepsTheFirstLineEndOfAText) {
    HtmlWriter page;
    {
        const auto outer = page.open("ul");
        const auto inner = page.open("li");
        page.element("pre", "\nx");
    }
    EXPECT_EQ(page.html(), "<ul><li><pre>\n\nx</pre>\n</li>\n</ul>\n");
}

TEST(HtmlWriter, APageLoadsAndRunsNothing) {
    HtmlWriter page;
    page.begin("</title><script>", HtmlWriter::Literal("p { margin: 0 }"));
    page.pngImage("\x89PNG", "a \"picture\"");
    page.end();
    EXPECT_THAT(page.html(), HasSubstr("<title>&lt;/title&gt;&lt;script&gt;</title>"));
    EXPECT_THAT(page.html(), HasSubstr("content=\"default-src 'none'; img-src data:;"));
    EXPECT_THAT(page.html(), HasSubstr("src=\"data:image/png;base64,iVBORw==\" alt=\"a &quot;picture&quot;\">"));
    EXPECT_THAT(page.html(), Not(HasSubstr("<script")));
    EXPECT_THAT(page.html(), EndsWith("</body>\n</html>\n"));
}

TEST(HtmlWriter, IdsAreOfPlainLettersAndDifferWhereTextsDiffer) {
    EXPECT_EQ(htmlId("claim", "tcp-refused"), "claim-tcp-refused");
    EXPECT_EQ(htmlId("scenario", "A.b"), "scenario-A-b");
    EXPECT_NE(htmlId("x", "a<b"), htmlId("x", "a>b"));
    EXPECT_EQ(htmlId("x", "a<b\" c").find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"),
              std::string::npos);
}

}  // namespace
}  // namespace boxtest
