#include "BuiltFiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class BuiltFilesTest : public testing::Test {
   protected:
    BuiltFiles load(const std::string& text) {
        std::ofstream(file_) << text;
        return BuiltFiles::load(file_);
    }

    TemporaryFolder folder_{"built"};
    std::filesystem::path file_ = folder_.path() / "checksums";
};

TEST_F(BuiltFilesTest, AFileIsAsBuiltOrDiffersOrIsUnknown) {
    const auto built = load("aa\t/usr/bin/psql\n-> dash\t/usr/bin/sh\n");
    EXPECT_THAT(built.judged({"sum command aa /usr/bin/psql", "sum command bb /usr/bin/psql", "sum command aa /usr/bin/other",
                              "sum command ->dash /usr/bin/sh", "sum command ->bash /usr/bin/sh", "mount tmpfs /run whole"}),
                ElementsAre("built command as-built /usr/bin/psql", "built command differs /usr/bin/psql",
                            "built command unknown /usr/bin/other", "built command as-built /usr/bin/sh",
                            "built command differs /usr/bin/sh", "mount tmpfs /run whole"));
}

TEST_F(BuiltFilesTest, WhatWasBuiltBelowAPlaceAndIsNotThereIsGone) {
    const auto built = load("aa\t/etc/hosts\nbb\t/etc/pam.d/su\ncc\t/etcetera\n");
    EXPECT_THAT(built.judged({"whole configuration /etc", "sum configuration aa /etc/hosts"}),
                UnorderedElementsAre("built configuration as-built /etc/hosts", "built configuration gone /etc/pam.d/su"));
}

TEST_F(BuiltFilesTest, NamesAreComparedPlaceByPlace) {
    const auto built = load("aa\t/usr/bin/psql\nbb\t/usr/lib/a/b/c\n-> c\t/usr/lib/a/d e\ncc\t/boot/kernel\ndd\t/usrs/x\n");
    // The sums of the paths' FNV-1a digests.
    const std::string bin = "names /usr/bin 1:b4b51fe44abed18f", lib = "names /usr/lib/a 2:177bb36949075792";
    EXPECT_THAT(built.judged({"names /usr", bin, lib}), ElementsAre("built names as-built /usr"));
    EXPECT_THAT(built.judged({"names /usr", bin}), ElementsAre("built names 2-fewer /usr/lib/a"));
    EXPECT_THAT(built.judged({"names /usr", bin, "names /usr/lib/a 1:82a0afb49f394633"}),
                ElementsAre("built names 1-fewer /usr/lib/a"));
    EXPECT_THAT(built.judged({"names /usr", bin, "names /usr/lib/a 2:ea06f2fa8b4eb352"}),
                ElementsAre("built names others /usr/lib/a"));
    EXPECT_THAT(built.judged({"names /usr", bin, lib, "names /usr/local/lib 3:0"}),
                ElementsAre("built names 3-more /usr/local/lib"));
    EXPECT_THAT(built.judged({"names /usr", "names /boot", bin, lib}),
                ElementsAre("built names as-built /usr", "built names 1-fewer /boot"));
}

TEST_F(BuiltFilesTest, ABlankInANameIsShownAsSurveysShowIt) {
    const auto built = load("aa\t/usr/share/a file\n-> a file\t/usr/share/a link\n");
    EXPECT_THAT(built.judged({"sum all aa /usr/share/a_file", "sum all ->a_file /usr/share/a_link"}),
                ElementsAre("built all as-built /usr/share/a_file", "built all as-built /usr/share/a_link"));
}

TEST_F(BuiltFilesTest, AWrapperOfNixosIsThatOfItsProgramInTheStore) {
    const std::string place = "/run/wrappers/wrappers.x/";
    const auto built = load(
        "aa\t/nix/store/x-security-wrapper-su/bin/security-wrapper\nbb\t/nix/store/x-bash/bin/bash\n"
        "cc\t/nix/store/y-security-wrapper-sudo-x86_64-unknown-linux-musl/bin/security-wrapper\n"
        "dd\t/nix/store/z-security-wrapper-dbus-daemon-launch-helper-x86_64-unknown-linux-musl/bin/security-wrapper\n"
        "ee\t/nix/store/x-su-x-security-wrapper-su/bin/security-wrapper\n");
    const auto verdict = [&](const std::string& what, const std::string& program) {
        return built.judged({"sum privileged " + what + " " + place + program}).front();
    };
    const auto row = [&](const std::string& said, const std::string& program) {
        return "built privileged " + said + " " + place + program;
    };
    EXPECT_EQ(verdict("aa", "su"), row("as-built", "su"));
    EXPECT_EQ(verdict("cc", "sudo"), row("as-built", "sudo"));
    EXPECT_EQ(verdict("dd", "dbus-daemon-launch-helper"), row("as-built", "dbus-daemon-launch-helper"));
    EXPECT_EQ(verdict("bb", "su"), row("differs", "su"));
    // The wrapper of another program, whatever its name begins with.
    EXPECT_EQ(verdict("aa", "sudo"), row("differs", "sudo"));
    EXPECT_EQ(verdict("cc", "su"), row("differs", "su"));
    EXPECT_EQ(verdict("cc", "sudoedit"), row("differs", "sudoedit"));
    EXPECT_EQ(verdict("dd", "dbus"), row("differs", "dbus"));
    EXPECT_EQ(verdict("ee", "su"), row("differs", "su"));
}

TEST_F(BuiltFilesTest, ChecksumsThatAreNoneAreAnError) {
    EXPECT_THROW(load(""), GuestError);
    EXPECT_THROW(load("aa /usr/bin/psql\n"), GuestError);
    EXPECT_THROW(load("aa\tpsql\n"), GuestError);
    EXPECT_THROW(BuiltFiles::load(folder_.path() / "absent"), Error);
}

}  // namespace
}  // namespace boxtest
