#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class ProbeTest : public testing::Test {
   protected:
    static CapturedOutput probe(const std::string& lines) {
        RunProgramOptions options;
        options.input = lines;
        return runProgram({BOXTEST_PROBE}, Deadline::in(std::chrono::minutes(1)), options);
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
