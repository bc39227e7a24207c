#include "BreakInTable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

std::vector<std::string> linesOf(const std::vector<BreakInProbe>& probes) {
    std::vector<std::string> lines;
    for (const auto& probe : probes) lines.push_back(probe.line + " | " + probe.expected);
    return lines;
}

std::optional<std::string> judged(const std::string& line, const std::string& expected, const std::string& result,
                                  const PathOwners& owners = {}) {
    return BreakInProbe{line, expected}.deviation({result, ""}, owners, "odoo");
}

TEST(BreakInTable, OneAnswerIsOfAllServicesAndFourAreOfEach) {
    const auto table = BreakInTable::parse("# why\n\nread /a | EACCES\nread /b | ok EPERM - EROFS\n");
    EXPECT_THAT(linesOf(table.probesOf("postgresql", {})), ElementsAre("read\t/a | EACCES", "read\t/b | ok"));
    EXPECT_THAT(linesOf(table.probesOf("odoo", {})), ElementsAre("read\t/a | EACCES", "read\t/b | EPERM"));
    EXPECT_THAT(linesOf(table.probesOf("pgadmin", {})), ElementsAre("read\t/a | EACCES"));
    EXPECT_THAT(linesOf(table.probesOf("nginx", {})), ElementsAre("read\t/a | EACCES", "read\t/b | EROFS"));
}

TEST(BreakInTable, ANameWithSeveralValuesMakesAProbeOfEach) {
    const auto table = BreakInTable::parse("read /home/{who}/{what} x | EACCES\n");
    EXPECT_THAT(linesOf(table.probesOf("odoo", {{"who", {"kim"}}, {"what", {"a", "b c"}}})),
                ElementsAre("read\t/home/kim/a\tx | EACCES", "read\t/home/kim/b c\tx | EACCES"));
}

TEST(BreakInTable, AnUnknownNameOrServiceOrLineIsAnErrorThatNamesIt) {
    const auto table = BreakInTable::parse("read {nothing} | EACCES\n");
    const auto message = [](const auto& function) -> std::string {
        try {
            function();
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(message([&] { table.probesOf("odoo", {}); }), HasSubstr("{nothing}"));
    EXPECT_THAT(message([&] { table.probesOf("odoo", {{"nothing", {}}}); }), HasSubstr("{nothing}"));
    EXPECT_THAT(message([&] { table.probesOf("mysql", {}); }), HasSubstr("mysql"));
    for (const auto* line : {"read /a", "read /a | ok ok", "| ok"})
        EXPECT_THAT(message([&] { BreakInTable::parse(line); }), HasSubstr(line));
}

TEST(BreakInTable, AnAnswerIsExactlyTheErrnoOrOneOfTheGiven) {
    const PathOwners there{{"/a", "root"}};
    EXPECT_EQ(judged("read\t/a", "EACCES", "EACCES", there), std::nullopt);
    EXPECT_EQ(judged("read\t/a", "EROFS/EACCES", "EACCES", there), std::nullopt);
    EXPECT_THAT(judged("read\t/a", "EACCES", "ok", there), Optional(std::string("read /a: expected EACCES, found ok")));
    EXPECT_THAT(judged("read\t/a", "EACCES", "ENOENT", there), Optional(HasSubstr("found ENOENT")));
    EXPECT_THAT(judged("call\tmount", "EPERM", "EACCES"), Optional(HasSubstr("found EACCES")));
}

TEST(BreakInTable, ARefusalOfWhatIsNotThereProvesNothing) {
    EXPECT_THAT(judged("read\t/a", "EACCES", "EACCES"), Optional(HasSubstr("nothing is proved")));
    EXPECT_THAT(judged("read\t/a", "ENOENT", "ENOENT"), Optional(HasSubstr("nothing is proved")));
    EXPECT_EQ(judged("create\t$STATE_DIRECTORY", "unset", "unset"), std::nullopt);
}

TEST(BreakInTable, AQuestionMarkAllowsAPathToBeMissingAndNothingElse) {
    EXPECT_EQ(judged("read\t/a", "EACCES?", "ENOENT"), std::nullopt);
    EXPECT_EQ(judged("read\t/a", "EACCES?", "EACCES"), std::nullopt);
    EXPECT_THAT(judged("read\t/a", "EACCES?", "ok"), Optional(HasSubstr("found ok")));
    EXPECT_THAT(judged("read\t/a", "EACCES?", "ENOENT", {{"/a", "root"}}), Optional(HasSubstr("expected EACCES, found ENOENT")));
}

TEST(BreakInTable, ItsOwnFileAServiceReadsAndRootsItDoesNot) {
    EXPECT_EQ(judged("read\t/a", "own", "ok", {{"/a", "odoo"}}), std::nullopt);
    EXPECT_NE(judged("read\t/a", "own", "EACCES", {{"/a", "odoo"}}), std::nullopt);
    EXPECT_EQ(judged("read\t/a", "own", "EACCES", {{"/a", "root"}}), std::nullopt);
    EXPECT_NE(judged("read\t/a", "own", "ok", {{"/a", "root"}}), std::nullopt);
}

/// A value for every name that the scenario defines.
BreakInTable::Values allNames() {
    BreakInTable::Values values;
    for (const auto* name : {"superuser", "admin", "odoo", "pgadmin", "handyman", "odoo-database", "pgadmin-database", "socket",
                             "socket-folder", "port:postgresql", "port:odoo", "port:ssh", "port:https", "planted", "address"})
        values[name] = {name};
    for (const auto service : BreakInTable::services)
        for (const auto* kind : {"private:", "unit:", "pid:", "uid:", "cgroup:"})
            values[kind + std::string(service)] = {kind + std::string(service)};
    return values;
}

TEST(BreakInTable, TheRepositorysAsksEachServiceAHundredAndFortyThingsAndNoneTwice) {
    for (const auto service : BreakInTable::services) {
        const auto probes = BreakInTable::expected().probesOf(service, allNames());
        EXPECT_GE(probes.size(), 140U) << service;
        std::set<std::string> lines;
        for (const auto& probe : probes) EXPECT_TRUE(lines.insert(probe.line).second) << probe.line;
    }
}

TEST(SandboxFindings, AnAnswerWithoutAnEndIsAnErrorAndNoRefusal) {
    const std::string answer =
        "probe\tread\t/a\x1f"
        "EACCES\x1f"
        "why\nstatus\tUid:\t1\t1\t1\t1\nmount\t1 2 3\n";
    const auto findings = SandboxFindings::parse(answer + "complete\n");
    EXPECT_EQ(findings.at("read\t/a").describe(), "EACCES (why)");
    EXPECT_THAT(findings.mounts, ElementsAre("1 2 3"));
    EXPECT_EQ(findings.status.count("Uid"), 1U);
    EXPECT_THAT(errorOf<GuestError>([&] { SandboxFindings::parse(answer); }), HasSubstr("did not come to its end"));
    EXPECT_THAT(errorOf<GuestError>([&] { SandboxFindings::parse(""); }), HasSubstr("did not come to its end"));
    EXPECT_THAT(errorOf<GuestError>([&] { findings.at("read\t/b"); }), HasSubstr("did not answer"));
    EXPECT_THAT(errorOf<GuestError>([&] { SandboxFindings::parse("probe\tread\t/a\ncomplete\n"); }), HasSubstr("cannot read"));
}

}  // namespace
}  // namespace boxtest
