#include "sabotage/SabotageCatalogue.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>

#include "Paths.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "sabotage/SabotagePlan.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto whole = R"(# A comment.
[hba-trusts-everybody]
kind = 'hba'
breaks = 'Every OS user may be every role.'
notice = [
    'PeerAuth.Matrix',
    'PeerAuth.R*',
]
says = 'trust|let \w'
lift = 'true'
do = '''
one 'two'
  "\$three"

four
'''
check = '''holds 'it' '''
)";

std::vector<Sabotage> parsed(const std::string& text) { return SabotageCatalogue::parse(text, "peer-auth.toml", "peer-auth"); }
std::string refusal(const std::string& text) {
    return errorOf<UsageError>([&] { parsed(text); });
}
std::string without(const std::string& line) {
    std::string text = whole;
    text.erase(text.find(line), line.size());
    return text;
}

TEST(SabotageCatalogue, AnEntryHasItsKeysAndTheShellKeepsItsLines) {
    const auto all = parsed(whole);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].id, "hba-trusts-everybody");
    EXPECT_EQ(all[0].claim, "peer-auth");
    EXPECT_EQ(all[0].kind, "hba");
    EXPECT_EQ(all[0].breaks, "Every OS user may be every role.");
    EXPECT_THAT(all[0].notice, ElementsAre("PeerAuth.Matrix", "PeerAuth.R*"));
    EXPECT_EQ(all[0].says, "trust|let \\w") << "a backslash is a backslash";
    EXPECT_EQ(all[0].lift, "true");
    EXPECT_EQ(all[0].act, "one 'two'\n  \"\\$three\"\n\nfour");
    EXPECT_EQ(all[0].check, "holds 'it'");
    EXPECT_EQ(all[0].ends, Sabotage::Ends::failed);
    EXPECT_EQ(all[0].where, "peer-auth.toml:2");
    EXPECT_EQ(parsed(std::string(whole) + "ends = 'not-run'\n")[0].ends, Sabotage::Ends::notRun);
}

TEST(SabotageCatalogue, TheOrderIsTheFiles) {
    const std::string rest = "]\nkind = 'hba'\nbreaks = 'x'\nsays = 'x'\ndo = 'x'\ncheck = 'x'\n";
    const auto all = parsed("[z" + rest + "[a" + rest + "[m" + rest);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].id + all[1].id + all[2].id, "zam");
    EXPECT_THAT(all[0].notice, testing::IsEmpty());
    EXPECT_EQ(all[2].where, "peer-auth.toml:13");
}

TEST(SabotageCatalogue, WhatIsWrongIsNamedWithItsLine) {
    EXPECT_THAT(refusal("\nkind = 'hba'\n"), StartsWith("peer-auth.toml:2: 'kind' belongs to no sabotage"));
    EXPECT_THAT(refusal("\n['No Id']\n"), StartsWith("peer-auth.toml:2: 'No Id' is not an id"));
    EXPECT_THAT(refusal("[a]\nkinds = 'hba'\n"), StartsWith("peer-auth.toml:2: 'kinds' is none of: kind, breaks"));
    EXPECT_THAT(refusal("[a]\nkind = hba\n"), StartsWith("peer-auth.toml:2: "));
    EXPECT_THAT(refusal("[a]\nkind = 'hba'\nkind = 'web'\n"), StartsWith("peer-auth.toml:3: "));
    EXPECT_THAT(refusal("[a]\nkind = 7\n"), StartsWith("peer-auth.toml:2: 'kind' is no string"));
    EXPECT_THAT(refusal("[a]\nkind = 'hba'\nbreaks = 'x'\nsays = 'x'\ndo = 'x'\ncheck = 'x'\nnotice = 'PeerAuth.Matrix'\n"),
                StartsWith("peer-auth.toml:7: 'notice' is no list of strings"));
    EXPECT_THAT(refusal("[a]\nkind = 'hbs'\nbreaks = 'x'\nsays = 'x'\ndo = 'x'\ncheck = 'x'\n"),
                AllOf(StartsWith("peer-auth.toml:2: the kind 'hbs' is none of: database, hba"), HasSubstr("harness")));
    EXPECT_THAT(refusal(std::string(whole) + "ends = 'green'\n"), StartsWith("peer-auth.toml:18: 'green' is none of failed"));
    EXPECT_THAT(refusal(without("trust|let \\w")), StartsWith("peer-auth.toml:9: [hba-trusts-everybody] has no 'says'"));
    EXPECT_THAT(refusal(without("kind = 'hba'\n")), StartsWith("peer-auth.toml:2: [hba-trusts-everybody] has no 'kind'"));
}

TEST(SabotageCatalogue, ATextThatNamesNoCauseIsRefused) {
    EXPECT_THAT(refusal("[a]\nkind = 'hba'\nbreaks = 'x'\nsays = '('\ndo = 'x'\ncheck = 'x'\n"),
                StartsWith("peer-auth.toml:4: '(' is not a regular expression"));
    EXPECT_THAT(refusal("[a]\nkind = 'hba'\nbreaks = 'x'\nsays = 'x|.*'\ndo = 'x'\ncheck = 'x'\n"),
                StartsWith("peer-auth.toml:4: 'says' fits every text"));
}

TEST(SabotageCatalogue, AFolderHasEachIdOnceAndTheClaimsInItsNames) {
    const TemporaryFolder folder("catalogue");
    EXPECT_THAT(errorOf<UsageError>([&] { SabotageCatalogue::load(folder.path()); }), HasSubstr("has no file *.toml"));
    std::ofstream(folder.path() / "functions.sh") << "shared() { :; }\n";
    std::ofstream(folder.path() / "peer-auth.toml") << whole;
    const auto one = SabotageCatalogue::load(folder.path());
    EXPECT_EQ(one.at("hba-trusts-everybody").claim, "peer-auth");
    EXPECT_EQ(one.functions(), "shared() { :; }\n");
    EXPECT_THAT(errorOf<UsageError>([&] { one.at("other"); }), HasSubstr("there is no sabotage 'other'"));
    std::ofstream(folder.path() / "tcp-refused.toml") << "\n" << whole;
    EXPECT_EQ(errorOf<UsageError>([&] { SabotageCatalogue::load(folder.path()); }),
              "tcp-refused.toml:3: [hba-trusts-everybody] is at peer-auth.toml:2 already");
    EXPECT_THAT(errorOf<SystemError>([&] { SabotageCatalogue::load(folder.path() / "none"); }),
                HasSubstr("cannot read the catalogue of sabotages"));
}

TEST(SabotageCatalogue, TheRealOneBreaksEveryClaimInThreeWays) {
    const auto catalogue = SabotageCatalogue::load(paths::source("tests/sabotage"));
    EXPECT_GE(catalogue.all().size(), 120U);
    std::map<std::string, std::size_t> ofClaim;
    std::map<std::string, std::set<std::string>> kinds;
    for (const auto& one : catalogue.all()) {
        ++ofClaim[one.claim];
        kinds[one.claim].insert(one.kind);
    }
    for (const auto& [claim, count] : ofClaim) {
        EXPECT_GE(count, 3U) << claim;
        EXPECT_GE(kinds[claim].size(), 2U) << claim << " is broken in one way only";
    }
}

}  // namespace
}  // namespace boxtest
