#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "Paths.hpp"
#include "Sections.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class ProbeTest : public testing::Test {
   protected:
    static CapturedOutput probe(const std::string& lines) {
        RunProgramOptions options;
        options.input = lines;
        return runProgram({paths::probe}, Deadline::in(std::chrono::minutes(1)), options);
    }
    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    TemporaryFolder folder_{"probe"};
};

TEST_F(ProbeTest, TellsWhatWorkedAndWhatDidNotWithTheErrno) {
    std::ofstream(path("there")) << "text";
    const auto result = probe("read\t" + path("there") + "\nread\t" + path("absent") + "\ncreate\t" + path("nowhere") + "\n");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    EXPECT_THAT(result.out, HasSubstr("probe\tread\t" + path("there") + "\x1f" + "ok\x1f" + "4 bytes\n"));
    EXPECT_THAT(result.out, HasSubstr("probe\tread\t" + path("absent") + "\x1f" + "ENOENT\x1f"));
    EXPECT_THAT(result.out, HasSubstr("probe\tcreate\t" + path("nowhere") + "\x1f" + "ENOENT\x1f"));
    EXPECT_THAT(result.out, HasSubstr("status\tPid:"));
    EXPECT_THAT(result.out, EndsWith("complete\n"));
}

TEST_F(ProbeTest, LeavesNothingBehind) {
    const auto folder = folder_.path().string();
    const auto result =
        probe("create\t" + folder + "\nexec-dropped\t" + folder + "\nmap-dropped\t" + folder + "\nsetuid-file\t" + folder + "\n");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    EXPECT_THAT(result.out, HasSubstr("probe\texec-dropped\t" + folder + "\x1f" + "ok"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ProbeTest, AWordMayNameAVariableAndThenItsFirstFolderIsMeant) {
    std::ofstream(path("there")) << "text";
    const ScopedVariable several("BOXTEST_SEVERAL", path("there") + ":/nowhere");
    const auto result = probe("read\t$BOXTEST_SEVERAL\nread\t$BOXTEST_NO_SUCH\n");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    EXPECT_THAT(result.out, HasSubstr("probe\tread\t$BOXTEST_SEVERAL\x1f"
                                      "ok\x1f"
                                      "4 bytes\n"));
    EXPECT_THAT(result.out, HasSubstr("probe\tread\t$BOXTEST_NO_SUCH\x1f"
                                      "unset\x1f\n"));
}

TEST_F(ProbeTest, AnswersToConnectionsComeWhateverTheirOrder) {
    const auto result = probe("connect\t127.0.0.1\t1\nread\t" + path("absent") + "\nconnect\t127.0.0.1\t2\n");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    for (const auto* line : {"probe\tconnect\t127.0.0.1\t1\x1f"
                             "ECONNREFUSED\x1f\n",
                             "probe\tconnect\t127.0.0.1\t2\x1f"
                             "ECONNREFUSED\x1f\n"})
        EXPECT_THAT(result.out, HasSubstr(line));
    EXPECT_THAT(result.out, HasSubstr("\nmount\t"));
    EXPECT_THAT(result.out, EndsWith("complete\n"));
}

TEST_F(ProbeTest, APostgresqlThatIsNotThereIsNoRefusalOfARole) {
    const auto result = probe("postgresql\t" + path("absent") + "\todoo\todoo\n");
    EXPECT_THAT(result.out, HasSubstr("\todoo\todoo\x1f"
                                      "ENOENT\x1f"));
}

/// Records of a walk: the reasons for the record, the file's kind and mode, its path below the folder, and a link's target.
std::vector<std::string> walked(const std::string& told, const std::string& folder) {
    RunProgramOptions options;
    options.input = told;
    const auto result = runProgram({paths::probe, "walk"}, Deadline::in(std::chrono::minutes(1)), options);
    std::vector<std::string> found;
    for (const auto& record : splitAt(result.out, '\0')) {
        const auto fields = splitAt(record, '\t');
        if (fields.size() < 8) {
            if (!record.empty()) found.push_back(record);
        } else {
            const auto below = fields[6].size() >= folder.size() ? fields[6].substr(folder.size()) : fields[6];
            found.push_back(fields[5] + " " + fields[0] + fields[1] + " " + below + (fields[7].empty() ? "" : " " + fields[7]));
        }
    }
    if (!result.succeeded()) found.push_back("failed");
    return found;
}

TEST_F(ProbeTest, TheWalkFindsWhatLiftsOneUpAndNothingElse) {
    namespace fs = std::filesystem;
    const auto make = [&](const std::string& name, int mode) {
        std::ofstream(path(name)) << "text";
        fs::permissions(path(name), static_cast<fs::perms>(mode));
    };
    fs::create_directories(path("deep/er"));
    make("plain", 0755);
    make("deep/er/lifts", 04755);
    make("deep/open", 0666);
    make("deep/PG_VERSION", 0600);
    for (const auto* name : {"sticky", "loose", "skipped"}) fs::create_directory(path(name));
    fs::permissions(path("sticky"), static_cast<fs::perms>(01777));
    fs::permissions(path("loose"), static_cast<fs::perms>(0777));
    make("skipped/open", 0666);
    fs::create_symlink("../deep/x", path("sticky/leads"));
    fs::create_symlink("plain", path("elsewhere"));
    const auto top = folder_.path().string();
    const auto found =
        walked("top\t" + top + "\nskip\t" + path("skipped") + "\nname\tPG_VERSION\nplace\t" + path("deep") + "\n", top);
    for (const auto* record : {"o f4755 /deep/er/lifts", "o f666 /deep/open", "o?n f600 /deep/PG_VERSION", "o d1777 /sticky",
                               "o d777 /loose", "l l777 /sticky/leads ../deep/x", "complete\t11"})
        EXPECT_THAT(found, testing::Contains(testing::MatchesRegex(record)));
    for (const auto* quiet : {"/skipped/", "/elsewhere"}) EXPECT_THAT(found, Not(testing::Contains(HasSubstr(quiet))));
    // A file that does not belong to root is recorded for that reason alone.
    if (::geteuid() == 0) {
        EXPECT_EQ(found.size(), 7U) << testing::PrintToString(found);
    }
}

TEST_F(ProbeTest, TheWalkNotesWhatChangedSinceAMomentWhereProgramsLie) {
    std::filesystem::create_directories(path("programs"));
    std::ofstream(path("programs/new")) << "text";
    std::ofstream(path("other")) << "text";
    const auto top = folder_.path().string();
    EXPECT_THAT(walked("top\t" + top + "\nsince\t1\nprogram\t" + path("programs") + "\n", top),
                testing::Contains(testing::MatchesRegex("o?s f[0-7]+ /programs/new")));
    const auto since = [&](const std::string& moment) {
        return walked("top\t" + top + "\nsince\t" + moment + "\nprogram\t" + path("programs") + "\n", top);
    };
    EXPECT_THAT(since("1"), Not(testing::Contains(testing::MatchesRegex("o?s .*/other"))));
    EXPECT_THAT(since("99999999999"), Not(testing::Contains(testing::MatchesRegex("o?s .*"))));
}

TEST_F(ProbeTest, TheWalkCountsNamesBelowEachPlace) {
    std::filesystem::create_directories(path("programs/deep/er"));
    for (const auto* name : {"programs/one", "programs/deep/er/t w o", "other"}) std::ofstream(path(name)) << "text";
    std::filesystem::create_symlink("one", path("programs/link"));
    const auto names = [&](const std::string& whole) {
        auto found = walked("top\t" + path("programs") + "\nwhole\t" + whole + "\n", "");
        std::erase_if(found, [](const std::string& record) { return !record.starts_with("N "); });
        return found;
    };
    std::uint64_t sum = 0;
    for (const auto* name : {"programs/one", "programs/deep/er/t_w_o", "programs/link"}) {
        std::uint64_t digest = 14695981039346656037U;
        for (const unsigned char letter : path(name)) digest = (digest ^ letter) * 1099511628211U;
        sum += digest;
    }
    // The place has three components at most, and the temporary folder of this test is one or more itself.
    const auto found = names(path("programs"));
    ASSERT_EQ(found.size(), 1U) << testing::PrintToString(found);
    EXPECT_THAT(found.front(), testing::EndsWith(fmt::format(" 3:{:x}", sum)));
    std::filesystem::remove(path("programs/deep/er/t w o"));
    EXPECT_THAT(names(path("programs")), testing::ElementsAre(HasSubstr(" 2:")));
    EXPECT_THAT(names(path("elsewhere")), testing::IsEmpty());
}

TEST_F(ProbeTest, TheWalkNotesWhatNotEvenItsOwnerMayChange) {
    std::ofstream(path("fixed")) << "text";
    const int file = ::open(path("fixed").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    int flags = 0;
    const bool can = ::ioctl(file, FS_IOC_GETFLAGS, &flags) == 0;
    int fixed = flags | FS_IMMUTABLE_FL;
    if (!can || ::ioctl(file, FS_IOC_SETFLAGS, &fixed) != 0) {
        ::close(file);
        GTEST_SKIP() << "this user, or this file system, cannot make a file immutable";
    }
    const auto found = walked("top\t" + folder_.path().string() + "\n", folder_.path().string());
    ::ioctl(file, FS_IOC_SETFLAGS, &flags);
    ::close(file);
    EXPECT_THAT(found, testing::Contains(testing::MatchesRegex("o?i f[0-7]+ /fixed")));
}

TEST_F(ProbeTest, AWalkOfWhatIsGoneMeetsNothingAndOneThatIsToldNonsenseFails) {
    EXPECT_THAT(walked("top\t" + path("absent") + "\n", ""), testing::ElementsAre("complete\t0"));
    EXPECT_THAT(walked("stop\there\n", ""), testing::ElementsAre("failed"));
}

TEST_F(ProbeTest, ArgumentsThatItDoesNotKnowAreRefused) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"walk", "/"}, {"run"}}) {
        std::vector<std::string> command{paths::probe};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const auto result = runProgram(command, Deadline::in(std::chrono::minutes(1)));
        EXPECT_FALSE(result.succeeded());
        EXPECT_THAT(result.err, HasSubstr("takes no argument but the word 'walk'"));
    }
}

TEST_F(ProbeTest, RunsProgramsAndTellsAnAbsentOneFromARefusal) {
    const auto result = probe("run\tsh\t-c\techo hello; exit 0\nrun\tsh\t-c\texit 7\nrun\tno-such-program\n");
    EXPECT_THAT(result.out, HasSubstr("\x1f"
                                      "ok\x1f"
                                      "hello\n"));
    EXPECT_THAT(result.out, HasSubstr("\x1f"
                                      "EPERM\x1f"
                                      "status 7: \n"));
    EXPECT_THAT(result.out, HasSubstr("\x1f"
                                      "ENOENT\x1f"
                                      "is not there\n"));
}

TEST_F(ProbeTest, AProbeThatItDoesNotKnowEndsItWithoutTheLastWord) {
    for (const auto* line : {"fly\n", "read\n", "call\tno-such-call\n", "connect\tnowhere\t1\n"}) {
        const auto result = probe(line);
        EXPECT_EQ(result.status.code, 2) << line << result.describe();
        EXPECT_THAT(result.out, Not(HasSubstr("complete"))) << line;
    }
}

}  // namespace
}  // namespace boxtest
