#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

using Verify = ProgramFixture;

TEST_F(Verify, NeedsTheAdminAndTheHost) {
    for (const auto* destination : {"box.example", "@box.example", "admin@"}) {
        const auto result = boxtest({"verify", destination});
        EXPECT_EQ(result.status.code, 2) << destination;
        EXPECT_THAT(result.err, HasSubstr("is no destination: USER@HOST")) << destination;
    }
}

TEST_F(Verify, AFileThatIsNotThereIsAUsageError) {
    for (const auto* option : {"--names", "--ca", "--handyman-key", "--ssh-config"}) {
        const auto result = boxtest({"verify", "admin@box.example", option, (home() / "none").string()});
        EXPECT_EQ(result.status.code, 2) << option;
        EXPECT_THAT(result.err, HasSubstr("there is no file")) << option;
    }
}

TEST_F(Verify, AnEarlierReportMustBeOne) {
    const auto file = home() / "since.json";
    writeFileAtomically(file, "{}", 0600);
    const auto result = boxtest({"verify", "admin@box.example", "--since", file.string()});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("no report of boxtest"));
}

}  // namespace
}  // namespace boxtest
