#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
    fs::create_directory(path("sticky"));
    fs::permissions(path("sticky"), static_cast<fs::perms>(01777));
    fs::create_directory(path("loose"));
    fs::permissions(path("loose"), static_cast<fs::perms>(0777));
    fs::create_symlink("/", path("elsewhere"));
    const auto result =
        runProgram({paths::probe, "walk", folder_.path().string(), "PG_VERSION"}, Deadline::in(std::chrono::minutes(1)));
    ASSERT_TRUE(result.succeeded()) << result.describe();
    std::vector<std::string> found;
    for (const auto& line : splitLines(result.out)) {
        const auto fields = splitAt(line, '\t');
        found.push_back(fields[0] == "found" ? fields.at(1) + fields.at(4).substr(folder_.path().string().size()) : line);
    }
    EXPECT_THAT(found,
                UnorderedElementsAre("4755/deep/er/lifts", "666/deep/open", "600/deep/PG_VERSION", "777/loose", "complete\t8"));
}

TEST_F(ProbeTest, AWalkThatCannotLookEverywhereFails) {
    const auto result = runProgram({paths::probe, "walk", path("plain"), "x"}, Deadline::in(std::chrono::minutes(1)));
    EXPECT_TRUE(result.succeeded()) << "what is gone is no finding";
    std::ofstream(path("plain")) << "text";
    const auto other = runProgram({paths::probe, "walk", path("plain"), "x"}, Deadline::in(std::chrono::minutes(1)));
    EXPECT_FALSE(other.succeeded());
    EXPECT_THAT(other.out, Not(HasSubstr("complete")));
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
