/// Storage faults in each command: each fault is tested as permanent, and as limited to the first calls. The command ends by
/// itself, reports the failure, leaves no files, and succeeds again after the fault is removed.
#include "unit/faults/FaultFixture.hpp"

#include <fstream>

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Fault {
    std::string calls;
    std::string number;
    const char* said;
};

class StorageFault : public FaultFixture {
   protected:
    /// Permanent fault: the command fails and reports the reason. Fault of the first call only: it fails likewise, or recovers.
    void expectFailure(const std::string& what, const std::vector<std::string>& words, const Fault& fault,
                       const std::filesystem::path& below) {
        for (const bool forEver : {true, false}) {
            SCOPED_TRACE(what + ": " + fault.calls + "=" + fault.number + " below " + below.string() +
                         (forEver ? " for ever" : " once"));
            inject(fault.calls + "=" + fault.number + "@" + below.string() + (forEver ? "" : "*1"));
            const auto result = boxtest(words);
            EXPECT_FALSE(result.status.signal) << result.status.describe() << "\n" << result.err;
            if (forEver || result.status.code != 0) {
                EXPECT_EQ(result.status.code, 3) << result.err;
                // A run reports the reason in its report, on stdout.
                EXPECT_THAT(result.out + result.err, AllOf(HasSubstr(fault.said), HasSubstr(below.string())));
            }
            heal();
            goDown();
            expectNothingHalf();
            expectGood(words);
        }
    }
    static std::vector<Fault> faults() {
        return {{"open", "ENOSPC", "No space left on device"},
                {"write", "ENOSPC", "No space left on device"},
                {"write", "EIO", "Input/output error"},
                {"open", "EROFS", "Read-only file system"}};
    }
};

TEST_F(StorageFault, InTheMachinesFolderEndsUp) {
    for (const auto& fault : faults()) expectFailure("up", up(), fault, cache() / "boxtest" / "machines");
}

TEST_F(StorageFault, InTheMachinesFolderEndsResume) {
    for (const auto& fault : faults()) expectFailure("resume", resume(), fault, cache() / "boxtest" / "machines");
}

TEST_F(StorageFault, WhereAnExportIsPutTogetherEndsIt) {
    const auto file = home() / "out" / "failure.boxtest";
    std::filesystem::create_directory(file.parent_path());
    const auto expectNone = [&](const Fault& fault, const std::filesystem::path& below) {
        SCOPED_TRACE(fault.calls + "=" + fault.number + " below " + below.string());
        inject(fault.calls + "=" + fault.number + "@" + below.string());
        const auto result = boxtest(exported(file));
        heal();
        EXPECT_EQ(result.status.code, 3) << result.err;
        EXPECT_THAT(result.err, AllOf(HasSubstr(fault.said), HasSubstr(below.string())));
        EXPECT_FALSE(std::filesystem::exists(file));
        expectNothingHalf();
    };
    for (const auto& fault : faults()) {
        std::filesystem::remove(file);
        expectNone(fault, cache() / "boxtest" / "imported");
        expectNone(fault, file.parent_path());
        expectGood(exported(file));
        expectGood({"resume", file.string()});
    }
}

TEST_F(StorageFault, InTheRunsFolderEndsARun) {
    for (const auto& fault : faults())
        if (fault.calls == "open") expectFailure("run", run(), fault, runs());
}

TEST_F(StorageFault, OfARunsResultsIsSaidAndCostsNoVerdict) {
    const auto folder = home() / "results";
    for (const auto* option : {"--json", "--junit", "--html"}) {
        for (const auto& fault : faults()) {
            SCOPED_TRACE(std::string(option) + ": " + fault.calls + "=" + fault.number);
            std::filesystem::create_directory(folder);
            auto words = run();
            words.insert(words.end(), {option, (folder / "file").string()});
            inject(fault.calls + "=" + fault.number + "@" + folder.string());
            const auto result = boxtest(words);
            heal();
            EXPECT_FALSE(result.status.signal) << result.err;
            EXPECT_NE(result.status.code, 0);
            EXPECT_THAT(result.err, AllOf(HasSubstr(fault.said), HasSubstr(folder.string())));
            // A file that cannot be created is reported before the run starts.
            if (fault.calls == "write") {
                EXPECT_THAT(result.out, HasSubstr("4 passed, 0 failed")) << "verdicts are lost";
            }
            EXPECT_TRUE(std::filesystem::is_empty(folder));
            expectNothingHalf();
        }
    }
    expectGood(run());
}

TEST_F(StorageFault, InTheTemporaryFolderIsSaid) {
    for (const auto& fault : faults()) {
        if (fault.calls != "open") continue;
        inject(fault.calls + "=" + fault.number + "@" + (home() / "tmp").string());
        for (const auto& words : {up(), resume(), run()}) {
            const auto result = boxtest(words);
            EXPECT_FALSE(result.status.signal) << result.err;
            // A command that needs no temporary folder succeeds.
            if (result.status.code != 0) {
                EXPECT_EQ(result.status.code, 3);
                EXPECT_THAT(result.err, HasSubstr(fault.said));
            }
            goDown();
            expectNothingHalf();
        }
        heal();
        for (const auto& words : {up(), resume(), run()}) expectGood(words);
    }
}

TEST_F(StorageFault, OfAMachinesSocketsFolderEndsUp) {
    inject("open=EROFS@" + runtime().string());
    const auto result = boxtest(up());
    heal();
    EXPECT_FALSE(result.status.signal) << result.err;
    EXPECT_NE(result.status.code, 0);
    EXPECT_THAT(result.err, HasSubstr("Read-only file system"));
    goDown();
    expectNothingHalf();
    expectGood(up());
}

TEST_F(StorageFault, WithoutHardLinksAndTmpfileAllIsAsEver) {
    inject("link=EPERM@" + home().string() + ";tmpfile=EOPNOTSUPP@" + home().string());
    const auto file = home() / "failure.boxtest";
    for (const auto& words : {exported(file), up(), resume(), run(), {"resume", file.string()}}) expectGood(words);
    expectNothingHalf();
}

TEST_F(StorageFault, AReadErrorOfATemplateIsNoTemplate) {
    inject("read=EIO@" + (made_.folder / "template.json").string());
    const auto result = boxtest(up());
    heal();
    EXPECT_EQ(result.status.code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr("Input/output error"));
    EXPECT_THAT(result.err, HasSubstr("template.json"));
    expectNothingHalf();
    expectGood(up());
}

TEST_F(StorageFault, FilesOfAnotherKindInTheWayAreNamed) {
    // A file in place of an expected folder.
    const auto machines = cache() / "boxtest" / "machines";
    std::filesystem::remove_all(machines);
    std::ofstream(machines) << "in the way";
    const auto result = boxtest(up());
    EXPECT_EQ(result.status.code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr(machines.string()));
    EXPECT_EQ(std::filesystem::file_size(machines), 10U) << "it was somebody's";
    std::filesystem::remove(machines);
    expectGood(up());
    expectNothingHalf();
}

}  // namespace
}  // namespace boxtest
