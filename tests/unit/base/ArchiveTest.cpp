#include "base/Archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

Deadline longEnough() { return Deadline::in(std::chrono::minutes(10)); }

struct stat factsOf(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
    return facts;
}

struct ArchiveTest : ::testing::Test {
    ArchiveTest() {
        for (const auto* name : {"from/deep", "to"}) fs::create_directories(home.path() / name);
        std::ofstream{file};
    }

    fs::path from(const std::string& name) const { return home.path() / "from" / name; }
    fs::path to(const std::string& name) const { return home.path() / "to" / name; }
    void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
        writeFileAtomically(from(name), text, mode);
    }
    void pack(const std::vector<std::string>& names) const {
        writeArchive(file, {{home.path() / "from", names}}, longEnough(), nullptr);
    }
    void unpack() const { extractArchive(file, home.path() / "to", longEnough(), nullptr); }
    /// Packs with GNU tar, in the folder `from`.
    void packByTar(const std::vector<std::string>& words) const {
        std::vector<std::string> tar{"tar", "--create", "--file=" + file.string(),
                                     "--directory=" + (home.path() / "from").string()};
        tar.insert(tar.end(), words.begin(), words.end());
        const auto done = runProgram(tar, longEnough());
        ASSERT_TRUE(done.succeeded()) << done.describe();
    }

    TemporaryFolder home{"archive"};
    fs::path file = home.path() / "file";
};

TEST_F(ArchiveTest, GivesBackFilesFoldersAndModes) {
    write("plain", "text\n");
    write("key", "secret", 0400);
    write("deep/empty", "");
    std::ofstream(home.path() / "more") << "of another folder";
    writeArchive(file, {{home.path() / "from", {"."}}, {home.path(), {"more"}}}, longEnough(), nullptr);
    unpack();
    EXPECT_EQ(readWholeFile(to("plain")), "text\n");
    EXPECT_EQ(readWholeFile(to("key")), "secret");
    EXPECT_EQ(readWholeFile(to("deep/empty")), "");
    EXPECT_EQ(readWholeFile(to("more")), "of another folder");
    EXPECT_EQ(factsOf(to("plain")).st_mode & 07777U, 0644U);
    EXPECT_EQ(factsOf(to("key")).st_mode & 07777U, 0600U) << "its owner can remove it";
}

TEST_F(ArchiveTest, HolesStayHoles) {
    constexpr off_t size = off_t{64} << 20;
    {
        std::ofstream sparse(from("sparse"), std::ios::binary);
        for (const off_t at : {off_t{1} << 20, off_t{40} << 20}) sparse.seekp(at) << "some data";
    }
    fs::resize_file(from("sparse"), size);
    { std::ofstream hole(from("hole")); }
    fs::resize_file(from("hole"), size);
    pack({"sparse", "hole"});
    unpack();
    for (const auto* name : {"sparse", "hole"}) {
        EXPECT_TRUE(readWholeFile(to(name)) == readWholeFile(from(name))) << name;
        EXPECT_LT(factsOf(to(name)).st_blocks * 512, size / 8) << name;
    }
    EXPECT_LT(fs::file_size(file), 100'000U);
}

TEST_F(ArchiveTest, ReadsWhatTarHasWritten) {
    std::ofstream(from("sparse")).seekp(5 << 20) << "the end";
    write("deep/plain", "text");
    packByTar({"--sparse", "."});
    unpack();
    EXPECT_TRUE(readWholeFile(to("sparse")) == readWholeFile(from("sparse")));
    EXPECT_EQ(readWholeFile(to("deep/plain")), "text");
}

TEST_F(ArchiveTest, WhatIsNeitherFileNorFolderInTheFolderIsNotMade) {
    write("plain", "text");
    fs::create_symlink(home.path(), from("link"));
    fs::create_hard_link(from("plain"), from("same"));
    ASSERT_EQ(::mkfifo(from("fifo").c_str(), 0600), 0);
    const auto absolute = from("plain").string();
    const auto outside = home.path() / "from" / "escaped";
    const std::vector<std::vector<std::string>> all{
        {"link"},
        {"fifo"},
        {"plain", "same"},
        {"--absolute-names", absolute},
        {"--absolute-names", "--transform=s,plain,../from/escaped,", "plain"},
        // A link, and a file whose path leads through the link.
        {"--transform=s,^plain,link/escaped,", "link", "plain"},
    };
    for (const auto& words : all) {
        packByTar(words);
        EXPECT_THAT(errorOf<UsageError>([&] { unpack(); }),
                    AllOf(HasSubstr(file.string()), HasSubstr("neither a file nor a folder")))
            << ::testing::PrintToString(words);
        EXPECT_FALSE(fs::exists(outside) || fs::exists(home.path() / "escaped")) << ::testing::PrintToString(words);
        fs::remove_all(home.path() / "to");
        fs::create_directory(home.path() / "to");
    }
}

TEST_F(ArchiveTest, NobodyBecomesAnybodyByAnUnpackedProgram) {
    write("program", "text");
    packByTar({"--mode=6755", "program"});
    unpack();
    EXPECT_EQ(factsOf(to("program")).st_mode & 07777U, 0755U);
    EXPECT_EQ(factsOf(to("program")).st_uid, ::geteuid());
}

TEST_F(ArchiveTest, ACutOneIsNoArchive) {
    std::string noise;
    for (unsigned i = 0, value = 1; i < 200'000; ++i) noise += static_cast<char>((value = value * 1103515245U + 12345U) >> 16U);
    write("noise", noise);
    pack({"noise"});
    fs::resize_file(file, fs::file_size(file) / 2);
    EXPECT_THAT(errorOf<UsageError>([&] { unpack(); }), HasSubstr("cannot unpack '" + file.string() + "'"));
    std::ofstream(file) << "no archive";
    EXPECT_THAT(errorOf<UsageError>([&] { unpack(); }), HasSubstr("cannot unpack '" + file.string() + "'"));
}

TEST_F(ArchiveTest, AFullDiskOrAMissingFileIsASystemError) {
    write("plain", std::string(1 << 20, 'x'));
    EXPECT_THAT(errorOf<SystemError>([&] { pack({"missing"}); }), HasSubstr(from("missing").string()));
    ASSERT_EQ(::mkfifo(from("fifo").c_str(), 0600), 0);
    EXPECT_THAT(errorOf<SystemError>([&] { pack({"fifo"}); }), HasSubstr("neither a file nor a folder"));
    EXPECT_THAT(errorOf<SystemError>([&] {
                    writeArchive("/dev/full", {{home.path() / "from", {"plain"}}}, longEnough(), nullptr);
                }),
                HasSubstr("/dev/full"));
}

TEST_F(ArchiveTest, EndsByItsDeadlineAndByTheLatch) {
    write("plain", "text");
    pack({"plain"});
    const auto none = Deadline::in(std::chrono::seconds(0));
    EXPECT_THROW(writeArchive(file, {{home.path() / "from", {"plain"}}}, none, nullptr), TimeoutError);
    pack({"plain"});
    EXPECT_THROW(extractArchive(file, home.path() / "to", none, nullptr), TimeoutError);
    FailureLatch failure;
    failure.declare("it ended");
    EXPECT_THROW(writeArchive(file, {{home.path() / "from", {"plain"}}}, longEnough(), &failure), GuestError);
    pack({"plain"});
    EXPECT_THROW(extractArchive(file, home.path() / "to", longEnough(), &failure), GuestError);
}

}  // namespace
}  // namespace boxtest
