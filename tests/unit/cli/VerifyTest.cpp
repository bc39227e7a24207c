#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

using Verify = ProgramFixture;

TEST_F(Verify, NeedsTheAdminAndTheHost) {
    for (const auto* destination : {"box.example", "@box.example", "admin@"}) {
        const auto result = boxtest({"verify", destination});
        EXPECT_EQ(result.status.code, 2) << destination;
        EXPECT_THAT(result.err, HasSubstr("is not a destination: USER@HOST")) << destination;
    }
}

TEST_F(Verify, AFileThatIsNotThereIsAUsageError) {
    for (const auto* option : {"--names", "--ca", "--handyman-key", "--ssh-config"}) {
        const auto result = boxtest({"verify", "admin@box.example", option, (home() / "none").string()});
        EXPECT_EQ(result.status.code, 2) << option;
        EXPECT_THAT(result.err, HasSubstr("there is no file")) << option;
    }
}

TEST_F(Verify, ADryRunLeavesTheFoldersOfRunsAlone) {
    const auto runs = home() / "cache" / "boxtest" / "runs";
    // More folders than are kept: a run would remove the oldest.
    for (int i = 10; i < 70; ++i) std::filesystem::create_directories(runs / ("202001" + std::to_string(i) + "-000000-1"));
    const auto names = home() / "box.json";
    writeFileAtomically(names, "{}", 0600);
    const auto result = boxtest({"verify", "admin@box.example", "--dry-run", "--names", names.string()});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("box.json")) << "it ended before it came so far";
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(runs), {}), 60);
}

TEST_F(Verify, ErrorsInNamesNameTheUsersFile) {
    const auto file = home() / "names.json";
    writeFileAtomically(file, "{}", 0600);
    const auto result = boxtest({"verify", "admin@box.example", "--names", file.string()});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("'" + file.string() + "'"));
    EXPECT_THAT(result.err, Not(HasSubstr("box.json")));
}

TEST_F(Verify, AnEarlierReportMustBeOne) {
    const auto file = home() / "since.json";
    writeFileAtomically(file, "{}", 0600);
    const auto result = boxtest({"verify", "admin@box.example", "--since", file.string()});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("'" + file.string() + "' is no report of boxtest: it has no claims"));
}

}  // namespace
}  // namespace boxtest
