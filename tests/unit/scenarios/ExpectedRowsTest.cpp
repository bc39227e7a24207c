#include "ExpectedRows.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "EmbeddedTexts.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ExpectedRows::Values values{{"people", {"kim", "lee"}}, {"port", {"22"}}, {"none", {}}};

std::vector<std::string> findings(const std::string& table, const std::vector<std::string>& rows,
                                  const std::vector<std::string>& kinds = {}) {
    return ExpectedRows::parse(table, "debian", values).findings(rows, kinds);
}

TEST(ExpectedRows, AStarStandsForTextWithoutBlanksAndTwoForAny) {
    EXPECT_TRUE(ExpectedRows::matches("door * x", "door tcp x"));
    EXPECT_TRUE(ExpectedRows::matches("door *:68 x", "door 10.0.2.15:68 x"));
    EXPECT_TRUE(ExpectedRows::matches("door *", "door "));
    EXPECT_TRUE(ExpectedRows::matches("a*b*c", "aXbYbZc"));
    EXPECT_FALSE(ExpectedRows::matches("door * x", "door tcp udp x"));
    EXPECT_FALSE(ExpectedRows::matches("door tcp", "door tcp x"));
    EXPECT_FALSE(ExpectedRows::matches("door tcp x", "door tcp"));
    EXPECT_TRUE(ExpectedRows::matches("door ** x", "door tcp udp x"));
    EXPECT_TRUE(ExpectedRows::matches("door **", "door a b c"));
    EXPECT_FALSE(ExpectedRows::matches("door ** x", "door a b y"));
}

TEST(ExpectedRows, WhatNoLineAllowsIsAFindingWithTheSentenceOfItsKind) {
    const std::string table = "says door  a door that nobody expects\nmay door tcp {port}\n";
    EXPECT_THAT(findings(table, {"door tcp 22"}), IsEmpty());
    EXPECT_THAT(findings(table, {"door tcp 23", "key x"}),
                ElementsAre("a door that nobody expects: door tcp 23", "nobody expects this: key x"));
}

TEST(ExpectedRows, WhatMustBeThereAndIsNotIsAFinding) {
    EXPECT_THAT(findings("must key {people} a\n", {"key kim a"}), ElementsAre("must be there, and is not: key lee a"));
    EXPECT_THAT(findings("must key * a\nmay key kim a\n", {"key kim a"}), IsEmpty()) << "one row serves two lines";
}

TEST(ExpectedRows, AValueIsTheSameWhereverItsNameStandsInALine) {
    EXPECT_THAT(findings("may file {people}:{people}\n", {"file kim:kim", "file kim:lee"}),
                ElementsAre(HasSubstr("file kim:lee")));
    EXPECT_THAT(findings("may file {none}\n", {"file x"}), ElementsAre(HasSubstr("file x"))) << "no value, no line";
}

TEST(ExpectedRows, OnlyTheKindsThatAreAskedForAreLookedAt) {
    const std::string table = "must key a\nmay door b\n";
    EXPECT_THAT(findings(table, {"door c"}, {"key"}), ElementsAre("must be there, and is not: key a"));
    EXPECT_THAT(findings(table, {"door c"}, {"door"}), ElementsAre("nobody expects this: door c"));
}

TEST(ExpectedRows, ALineOfAnotherFlavourDoesNotCount) {
    const std::string table = "must:nixos key a\nmay:debian door b\nmay:nixos door c\n";
    EXPECT_THAT(findings(table, {"door b", "door c"}), ElementsAre("nobody expects this: door c"));
}

TEST(ExpectedRows, RefusesALineThatItCannotRead) {
    EXPECT_THROW(findings("might door b\n", {}), std::invalid_argument);
    EXPECT_THROW(findings("may\n", {}), std::invalid_argument);
    EXPECT_THROW(findings("may door {stranger}\n", {}), std::invalid_argument);
    EXPECT_THROW(findings("may door {port\n", {}), std::invalid_argument);
}

/// Each row of a table begins with a kind, and each kind has its sentence.
TEST(ExpectedRows, TheRepositorysTablesHaveASentenceForEachKind) {
    for (const auto* name : {"doors.txt", "accounts.txt", "files.txt", "server.txt", "web.txt", "copies.txt", "catalogue.txt"}) {
        const auto text = embeddedText(name);
        ASSERT_FALSE(text.empty()) << name;
        std::size_t begin = 0;
        while (begin < text.size()) {
            const auto end = std::min(text.find('\n', begin), text.size());
            const auto line = text.substr(begin, end - begin);
            begin = end + 1;
            if (!line.starts_with("may") && !line.starts_with("must")) continue;
            auto kind = line.substr(std::min(line.find(' '), line.size()));
            kind.remove_prefix(std::min(kind.find_first_not_of(' '), kind.size()));
            kind = kind.substr(0, kind.find(' '));
            EXPECT_THAT(std::string(text), HasSubstr("says " + std::string(kind) + " ")) << name << ": " << line;
        }
    }
}

/// The table lists the NixOS wrappers with the set-user-ID bit by name: any other program in their folder is a finding.
TEST(ExpectedRows, AWrapperThatNixpkgsDoesNotMakeIsAFinding) {
    const std::vector<std::string> one{"x"};
    const auto table = ExpectedRows::parse(embeddedText("files.txt"), "nixos",
                                           {{"admin", one},
                                            {"dataDirectory", one},
                                            {"odoo", one},
                                            {"people", one},
                                            {"pgadmin", one},
                                            {"socket", one},
                                            {"superuser", one},
                                            {"webUser", one}});
    const std::string folder = " /run/wrappers/wrappers.Ab3/";
    for (const auto* known : {"4511", "0511+capabilities"})
        EXPECT_THAT(table.findings({"file f root:root " + std::string(known) + folder + "newuidmap"}, {"file"}), IsEmpty())
            << known;
    EXPECT_THAT(table.findings({"file f root:root 4511" + folder + "sudo"}, {"file"}), IsEmpty());
    for (const auto* other : {"root:root 4511", "root:root 4755", "root:tty 2511", "root:root 0511+capabilities"})
        EXPECT_THAT(table.findings({"file f " + std::string(other) + folder + "find"}, {"file"}), SizeIs(1)) << other;
    EXPECT_THAT(table.findings({"file f root:root 0511+capabilities" + folder + "sudo"}, {"file"}), SizeIs(1));
}

}  // namespace
}  // namespace boxtest
