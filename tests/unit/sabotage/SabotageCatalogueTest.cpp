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
kind:   hba
breaks: Every OS user
        may be every role.
notice: PeerAuth.Matrix
        PeerAuth.R*
says:   trust|let in
lift:   true
do:
    one
      two

    three
check:  holds it
)";

std::vector<Sabotage> parsed(const std::string& text) {
    return SabotageCatalogue::parse(text, "peer-auth.sabotage", "peer-auth");
}
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
    EXPECT_EQ(all[0].says, "trust|let in");
    EXPECT_EQ(all[0].lift, "true");
    EXPECT_EQ(all[0].act, "one\n  two\n\nthree");
    EXPECT_EQ(all[0].check, "holds it");
    EXPECT_EQ(all[0].ends, Sabotage::Ends::failed);
    EXPECT_EQ(all[0].where, "peer-auth.sabotage:2");
    EXPECT_EQ(parsed(std::string(whole) + "ends: not-run\n")[0].ends, Sabotage::Ends::notRun);
}

TEST(SabotageCatalogue, WhatIsWrongIsNamedWithItsLine) {
    EXPECT_THAT(refusal("kind: hba\n"), StartsWith("peer-auth.sabotage:1: 'kind:' before the first [id]"));
    EXPECT_THAT(refusal("\n[No Id]\n"), StartsWith("peer-auth.sabotage:2: '[No Id]' is no id"));
    EXPECT_THAT(refusal("[a]\nkinds: hba\n"), StartsWith("peer-auth.sabotage:2: 'kinds' is none of: kind:, breaks:"));
    EXPECT_THAT(refusal("[a]\n    echo\n"), StartsWith("peer-auth.sabotage:2: an indented line that belongs to no key"));
    EXPECT_THAT(refusal("[a]\nkind: hba\nkind: web\n"), StartsWith("peer-auth.sabotage:3: a second 'kind:' of [a]"));
    EXPECT_THAT(refusal("[a]\nkind: hbs\nbreaks: x\nsays: x\ndo: x\ncheck: x\n"),
                AllOf(StartsWith("peer-auth.sabotage:2: the kind 'hbs' is none of: database, hba"), HasSubstr("harness")));
    EXPECT_THAT(refusal(std::string(whole) + "ends: green\n"), StartsWith("peer-auth.sabotage:16: 'green' is none of failed"));
    EXPECT_THAT(refusal(without("trust|let in")), StartsWith("peer-auth.sabotage:8: [hba-trusts-everybody] has no 'says:'"));
    EXPECT_THAT(refusal(without("check:  holds it\n")),
                StartsWith("peer-auth.sabotage:2: [hba-trusts-everybody] has no 'check:'"));
}

TEST(SabotageCatalogue, ATextThatNamesNoCauseIsRefused) {
    EXPECT_THAT(refusal("[a]\nkind: hba\nbreaks: x\nsays: (\ndo: x\ncheck: x\n"),
                StartsWith("peer-auth.sabotage:4: '(' is no regular expression"));
    EXPECT_THAT(refusal("[a]\nkind: hba\nbreaks: x\nsays: x|.*\ndo: x\ncheck: x\n"),
                StartsWith("peer-auth.sabotage:4: 'says:' fits every text"));
}

TEST(SabotageCatalogue, AFolderHasEachIdOnceAndTheClaimsInItsNames) {
    const TemporaryFolder folder("catalogue");
    EXPECT_THAT(errorOf<UsageError>([&] { SabotageCatalogue::load(folder.path()); }), HasSubstr("has no file *.sabotage"));
    std::ofstream(folder.path() / "functions.sh") << "shared() { :; }\n";
    std::ofstream(folder.path() / "peer-auth.sabotage") << whole;
    const auto one = SabotageCatalogue::load(folder.path());
    EXPECT_EQ(one.at("hba-trusts-everybody").claim, "peer-auth");
    EXPECT_EQ(one.functions(), "shared() { :; }\n");
    EXPECT_THAT(errorOf<UsageError>([&] { one.at("other"); }), HasSubstr("there is no sabotage 'other'"));
    std::ofstream(folder.path() / "tcp-refused.sabotage") << "\n" << whole;
    EXPECT_EQ(errorOf<UsageError>([&] { SabotageCatalogue::load(folder.path()); }),
              "tcp-refused.sabotage:3: [hba-trusts-everybody] is at peer-auth.sabotage:2 already");
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
