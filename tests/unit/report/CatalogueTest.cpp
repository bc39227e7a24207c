#include "report/Catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Catalogue catalogue() {
    return Catalogue::parse(R"([
        {"scenario": "TcpRefused.NoListener", "claim": "tcp-refused", "promise": "No TCP.", "traits": ["slow"],
         "effect": "reads"},
        {"scenario": "TcpRefused.Loopback", "claim": "tcp-refused", "effect": "rollsBack"},
        {"scenario": "PeerAuth.Matrix", "claim": "peer-auth"},
        {"scenario": "HandymanData.Reads", "claim": "handyman-data"}])");
}

std::vector<std::string> namesOf(std::string_view filter) {
    std::vector<std::string> names;
    for (const auto& entry : catalogue().select(filter)) names.push_back(entry.scenario);
    return names;
}

TEST(Catalogue, ReadsWhatTheScenariosProgramLists) {
    const auto entries = catalogue().entries();
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[0].scenario, "TcpRefused.NoListener");
    EXPECT_EQ(entries[0].suite(), "TcpRefused");
    EXPECT_EQ(entries[0].claim, "tcp-refused");
    EXPECT_EQ(entries[0].promise, "No TCP.");
    EXPECT_THAT(entries[0].traits, ElementsAre("slow"));
    EXPECT_THAT(entries[1].traits, ElementsAre());
    EXPECT_EQ(entries[0].effect, Effect::reads);
    EXPECT_EQ(entries[1].effect, Effect::rollsBack);
    EXPECT_EQ(entries[2].effect, Effect::changes) << "a list that does not say is taken for the worst";
}

TEST(Catalogue, SomethingElseThanAListIsRefused) {
    EXPECT_THAT(errorOf<TransportError>([] { Catalogue::parse("not json"); }), HasSubstr("cannot read the list of scenarios"));
    EXPECT_THAT(errorOf<TransportError>([] { Catalogue::parse(R"([{"scenario": "A.b"}])"); }), HasSubstr("claim"));
    EXPECT_THAT(errorOf<TransportError>([] { Catalogue::parse(R"([{"scenario": "A.b", "claim": "a", "effect": "none"}])"); }),
                HasSubstr("'none' is no effect"));
}

TEST(Catalogue, NoFilterMeansAll) { EXPECT_EQ(namesOf("").size(), 4U); }

TEST(Catalogue, AFilterMayNameAClaimASuiteOrAScenario) {
    EXPECT_THAT(namesOf("tcp-refused"), ElementsAre("TcpRefused.NoListener", "TcpRefused.Loopback"));
    EXPECT_THAT(namesOf("PeerAuth"), ElementsAre("PeerAuth.Matrix"));
    EXPECT_THAT(namesOf("TcpRefused.Loopback"), ElementsAre("TcpRefused.Loopback"));
    EXPECT_THAT(namesOf("TcpRefused.*:handyman-*"),
                ElementsAre("TcpRefused.NoListener", "TcpRefused.Loopback", "HandymanData.Reads"));
}

TEST(Catalogue, AFilterMayNameAnEffect) {
    EXPECT_THAT(namesOf("reads"), ElementsAre("TcpRefused.NoListener"));
    EXPECT_THAT(namesOf("reads:rollsBack:-slow"), ElementsAre("TcpRefused.Loopback"));
    EXPECT_THAT(namesOf("*:-changes"), ElementsAre("TcpRefused.NoListener", "TcpRefused.Loopback"));
}

TEST(Catalogue, AFilterMayNameATrait) {
    EXPECT_THAT(namesOf("slow"), ElementsAre("TcpRefused.NoListener"));
    EXPECT_THAT(namesOf("tcp-refused:-slow"), ElementsAre("TcpRefused.Loopback"));
    EXPECT_THAT(errorOf<UsageError>([] { namesOf("slo*"); }), HasSubstr("no scenario fits 'slo*'"));
}

TEST(Catalogue, OnePerClaimIsTheFirstThatIsNotSlow) {
    const std::vector<CatalogueEntry> entries{{"A.Slow", "a", "", {"slow"}},
                                              {"A.One", "a", "", {}},
                                              {"A.Two", "a", "", {}},
                                              {"B.Slow", "b", "", {"slow"}},
                                              {"C.One", "c", "", {"twoMachines"}}};
    std::vector<std::string> names;
    for (const auto& entry : Catalogue::onePerClaim(entries)) names.push_back(entry.scenario);
    EXPECT_THAT(names, ElementsAre("A.One", "C.One"));
}

TEST(Catalogue, KnowsClaimsThatHaveNoScenario) {
    const auto all = Catalogue::parse(R"({
        "claims": [{"claim": "tcp-refused", "section": "The socket", "promise": "No TCP.", "run": ""},
                   {"claim": "names-configurable", "section": "Names", "promise": "They change.", "run": "ci/other-names"}],
        "scenarios": [{"scenario": "TcpRefused.NoListener", "claim": "tcp-refused"}]})");
    ASSERT_EQ(all.claims().size(), 2U);
    EXPECT_EQ(all.claims()[0].section, "The socket");
    EXPECT_EQ(all.claims()[1].run, "ci/other-names");
    EXPECT_EQ(all.entries().size(), 1U);
    ASSERT_EQ(catalogue().claims().size(), 3U) << "those of the scenarios when nobody lists them";
    EXPECT_EQ(catalogue().claims()[0].id, "tcp-refused");
    EXPECT_EQ(catalogue().claims()[0].promise, "No TCP.");
    EXPECT_THAT(errorOf<TransportError>([] { Catalogue::parse(R"({"scenarios": []})"); }), HasSubstr("claims"));
}

TEST(Catalogue, PatternsAfterADashAreLeftOut) {
    EXPECT_THAT(namesOf("tcp-refused:-*Loop*"), ElementsAre("TcpRefused.NoListener"));
    EXPECT_THAT(namesOf("-tcp-refused:peer-auth"), ElementsAre("HandymanData.Reads"));
}

TEST(Catalogue, AFilterThatMeansNothingNamesTheClaims) {
    EXPECT_THAT(errorOf<UsageError>([] { namesOf("tcp-refuse"); }),
                HasSubstr("no scenario fits 'tcp-refuse'; the claims are: handyman-data, peer-auth, tcp-refused"));
}

TEST(Catalogue, AMisspelledPatternBesideOthersIsRefused) {
    EXPECT_THAT(errorOf<UsageError>([] { namesOf("tcp-refused:per-auth:-slow"); }),
                HasSubstr("no scenario fits 'per-auth'; the claims"));
    const Catalogue reading({{"A.One", "a", "", {}, Effect::reads}});
    EXPECT_EQ(reading.select("reads:changes").size(), 1U) << "an effect that no scenario has";
}

TEST(Catalogue, PatternsMatchTheWholeText) {
    EXPECT_TRUE(matchesPattern("a*c", "abbc"));
    EXPECT_TRUE(matchesPattern("*", ""));
    EXPECT_TRUE(matchesPattern("a?c*", "abc"));
    EXPECT_TRUE(matchesPattern("*ab*ab", "abxabab"));
    EXPECT_FALSE(matchesPattern("abc", "abcd"));
    EXPECT_FALSE(matchesPattern("a?c", "ac"));
    EXPECT_FALSE(matchesPattern("", "a"));
}

}  // namespace
}  // namespace boxtest
