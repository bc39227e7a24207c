/// Faults of the host: too few resources, a wrong clock, or two commands at the same time.
#include <fstream>

#include "Paths.hpp"
#include "base/Poll.hpp"
#include "unit/faults/FaultFixture.hpp"

namespace boxtest {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class HostFault : public FaultFixture {
   protected:
    /// Runs the program under a limit of the shell's `ulimit`: "-n 20" descriptors, "-u 1" processes, "-v KIB" of memory.
    CapturedOutput limited(const std::string& limit, const std::vector<std::string>& words) {
        std::vector<std::string> argv{"sh", "-c", "ulimit " + limit + " && exec \"$0\" \"$@\"", paths::program};
        argv.insert(argv.end(), words.begin(), words.end());
        RunProgramOptions options;
        options.environment = environment_;
        return runProgram(argv, soon(), options);
    }
    void seeAnotherTime(long seconds) {
        std::ofstream(home() / "clock") << seconds;
        setEnvironment("LD_PRELOAD", paths::faultShim);
        setEnvironment("BOXTEST_CLOCK_FILE", (home() / "clock").string());
    }
};

/// Tries each limit on descriptors from very few to enough, so that each call that opens a descriptor fails once.
TEST_F(HostFault, TooFewDescriptorsAreSaidWhereverTheyRunOut) {
    for (const auto& words : {up(), resume(), run()}) {
        bool failed = false;
        bool good = false;
        for (int descriptors = 4; descriptors <= 80 && !good; ++descriptors) {
            SCOPED_TRACE(words.front() + " with " + std::to_string(descriptors) + " descriptors");
            const auto result = limited("-n " + std::to_string(descriptors), words);
            EXPECT_FALSE(result.status.signal) << result.status.describe() << "\n" << result.err;
            good = result.status.code == 0;
            if (!good) {
                failed = true;
                // `run` prints the reason in its report, on standard output.
                EXPECT_THAT(result.out + result.err,
                            AnyOf(HasSubstr("Too many open files"), HasSubstr("error while loading shared libraries")));
            }
            goDown();
            expectNothingHalf();
        }
        EXPECT_TRUE(failed) << "four descriptors are enough?";
        EXPECT_TRUE(good) << "80 descriptors are not enough";
        expectGood(words);
    }
}

TEST_F(HostFault, AClockThatIsWrongByDaysChangesNothing) {
    for (const long seconds : {86400L * 400, -86400L * 400}) {
        SCOPED_TRACE(seconds);
        seeAnotherTime(seconds);
        for (const auto& words : {up(), resume(), run()}) expectGood(words);
        expectNothingHalf();
    }
}

TEST_F(HostFault, AClockThatJumpsWhileAScenarioRunsChangesNoVerdict) {
    for (const long seconds : {7200L, -7200L}) {
        SCOPED_TRACE(seconds);
        seeAnotherTime(0);
        setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
        std::filesystem::remove(home() / "worker");
        tell("after=TcpRefused.NoListener:PeerAuth.Root");
        const auto json = home() / "results.json";
        auto words = run();
        words.back() = "-j2";
        words.insert(words.end(), {"--json", json.string()});
        auto process = start(words);
        pauseBetweenTries(std::chrono::milliseconds(300), soon());
        seeAnotherTime(seconds);
        const auto result = finish(process);
        EXPECT_EQ(result.status.code, 0) << result.err;
        EXPECT_THAT(result.out, HasSubstr("4 passed, 0 failed"));
        std::ifstream stream(json);
        const auto told = nlohmann::json::parse(stream);
        std::size_t scenarios = 0;
        for (const auto& claim : told.at("claims")) {
            for (const auto& one : claim.at("scenarios")) {
                EXPECT_GE(one.at("seconds").get<double>(), 0) << one.dump();
                EXPECT_LT(one.at("seconds").get<double>(), 3600) << one.dump();
                ++scenarios;
            }
        }
        EXPECT_EQ(scenarios, 4U);
    }
}

TEST_F(HostFault, AMachineThatIsUpOutlivesAJumpOfTheClock) {
    seeAnotherTime(0);
    ASSERT_EQ(boxtest(up()).status.code, 0);
    for (const long seconds : {7200L, -7200L}) {
        seeAnotherTime(seconds);
        EXPECT_EQ(status().at("state"), "ready");
        EXPECT_THAT(boxtest({"status"}).out, HasSubstr("127.0.0.1"));
    }
    goDown();
    expectNothingHalf();
}

TEST_F(HostFault, TwoOfEverythingAtOnceAreBothGood) {
    const auto both = [&](const std::vector<std::string>& first, const std::vector<std::string>& second) {
        SCOPED_TRACE(first.front() + " and " + second.front());
        auto one = start(first);
        auto other = start(second);
        const auto told = finish(one);
        const auto toldOther = finish(other);
        EXPECT_EQ(told.status.code, 0) << told.err;
        EXPECT_EQ(toldOther.status.code, 0) << toldOther.err;
        goDown();
        expectNothingHalf();
    };
    both(up(), up());
    both(run(), run());
    both(run(), up());
    both(exported(home() / "one"), exported(home() / "other"));
    both({"resume", (home() / "one").string()}, exported(home() / "third"));
    both({"cache", "prune"}, run());
    both({"cache", "prune"}, up());
}

TEST_F(HostFault, AHostThatIsShortOfMemoryIsSaid) {
    bool failed = false;
    for (const int mebibytes : {24, 32, 48, 64}) {
        SCOPED_TRACE(mebibytes);
        const auto result = limited("-v " + std::to_string(mebibytes * 1024), run());
        if (result.status.code == 0) continue;
        failed = true;
        EXPECT_THAT(result.err, AnyOf(HasSubstr("Cannot allocate memory"), HasSubstr("bad_alloc"),
                                      HasSubstr("error while loading shared libraries"), HasSubstr("out of memory"),
                                      HasSubstr("the host gives no thread, or no memory for one")));
        goDown();
        expectNothingHalf();
    }
    EXPECT_TRUE(failed) << "24 MiB are enough?";
    expectGood(run());
}

}  // namespace
}  // namespace boxtest
