#include "template/KeptMachine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "base/AtomicFile.hpp"
#include "base/CompressedFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ready/BoxHooks.hpp"
#include "template/CacheInventory.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A machine that was kept after a scenario, in the folder where a run would have put it.
struct Kept : ::testing::Test {
    KeptMachine keep(const std::string& scenario = "PeerAuth.JaneIsJane") {
        const auto fork = made.fork();
        fork->describe(scenario, "expected jane, got root");
        fork->run(soon());
        const auto folder = run / "kept" / scenario;
        fork->keep(folder, soon());
        return KeptMachine::load(folder);
    }
    std::unique_ptr<Fork> resume(const KeptMachine& kept) {
        return Fork::resume(boxHooks(), kept, made.log, made.failure, soon());
    }

    FakeTemplate made;
    fs::path run = made.home.path() / "boxtest" / "runs" / "20260101";
};

std::string unpacked(const fs::path& file) {
    std::string all;
    decompressFile(file, [&](std::span<const char> piece) {
        all.append(piece.begin(), piece.end());
        return true;
    });
    return all;
}

TEST_F(Kept, IsWholeInItsFolderWhichIsClosed) {
    const auto kept = keep();
    EXPECT_EQ(kept.scenario, "PeerAuth.JaneIsJane");
    EXPECT_EQ(kept.reason, "expected jane, got root");
    struct stat found {};
    ASSERT_EQ(::stat(kept.folder.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0700U);
    for (const auto* name : {"state", "disk.qcow2", "empty.qcow2", "kept.json", "console.log"}) {
        ASSERT_EQ(::stat((kept.folder / name).c_str(), &found), 0) << name;
        EXPECT_EQ(found.st_mode & 077, 0U) << name;
    }
    ASSERT_EQ(kept.support.size(), 2U);
    EXPECT_EQ(kept.support[0].image.file, made.folder / "disk.qcow2");
    EXPECT_EQ(kept.ram, made.folder / "ram");
    EXPECT_GT(fs::file_size(kept.folder / "state"), fs::file_size(kept.ram));
}

TEST_F(Kept, ResumesAsOftenAsWanted) {
    const auto kept = keep();
    for (int i = 0; i < 2; ++i) {
        const auto fork = resume(kept);
        EXPECT_EQ(fork->info().kept, kept.folder);
        EXPECT_NO_THROW(fork->run(soon()));
    }
}

TEST_F(Kept, ResumesFromItsCompressedState) {
    const auto kept = keep();
    compressKept(kept.folder, made.log, soon());
    EXPECT_FALSE(fs::exists(kept.folder / "state"));
    EXPECT_FALSE(fs::exists(kept.folder / "state.difference"));
    const auto state = unpacked(kept.folder / "state.zst");
    EXPECT_LT(state.size(), 8192U) << "all of RAM is in it";
    EXPECT_THAT(state, HasSubstr("fake state 2"));
    EXPECT_NO_THROW(resume(kept)->run(soon()));
    EXPECT_NO_THROW(compressKept(kept.folder, made.log, soon()));
}

TEST_F(Kept, IsWholeWhereItsStateIsNotUnderstood) {
    const auto kept = keep();
    std::ofstream(kept.folder / "state") << "fake state 2 of a QEMU to come";
    compressKept(kept.folder, made.log, soon());
    EXPECT_NO_THROW(resume(kept)->run(soon()));
}

TEST_F(Kept, OfAQemuThatWasNotTriedIsWholeAndSaysSoOnce) {
    const auto whole = [&](const std::string& scenario) {
        auto kept = keep(scenario);
        kept.qemuVersion = "10.1.0 (fake)";
        kept.save();
        compressKept(kept.folder, made.log, soon());
        EXPECT_GT(unpacked(kept.folder / "state.zst").size(), fs::file_size(kept.ram));
        const ScopedVariable newer("BOXTEST_FAKE_QEMU_VERSION", "10.1.0 (fake)");
        EXPECT_NO_THROW(resume(kept)->run(soon()));
    };
    whole("A.B");
    whole("A.C");
    EXPECT_THAT(made.log.lines(), ::testing::ElementsAre(HasSubstr("kept machines hold their whole state here")));
}

TEST_F(Kept, WithACutStateSaysSo) {
    const auto kept = keep();
    compressKept(kept.folder, made.log, soon());
    std::ofstream(kept.folder / "state.zst") << "no zstd";
    EXPECT_THAT(errorOf<GuestError>([&] { resume(kept); }), HasSubstr("state.zst': it is not compressed by zstd"));
}

TEST_F(Kept, CanBeKeptAgain) {
    const auto first = keep();
    const auto fork = resume(first);
    fork->run(soon());
    fork->keep(run / "again", soon());
    const auto second = KeptMachine::load(run / "again");
    ASSERT_EQ(second.support.size(), 3U);
    EXPECT_EQ(second.support[0].image.file, first.disk());
    EXPECT_NO_THROW(resume(second)->run(soon()));
}

TEST_F(Kept, IsOverAfterwards) {
    const auto fork = made.fork();
    fork->run(soon());
    fork->keep(run / "kept" / "one", soon());
    EXPECT_EQ(errorOf<UsageError>([&] { fork->run(soon()); }), "this machine was kept and cannot run any more");
    EXPECT_EQ(errorOf<UsageError>([&] { fork->keep(run / "two", soon()); }), "this machine was kept already");
    EXPECT_NO_THROW(fork->stop(soon()));
    EXPECT_FALSE(made.failure.reason());
}

TEST_F(Kept, GoesNowhereWhenItCannotBeWritten) {
    FakeTemplate full("fake.fail-migration");
    const auto fork = full.fork();
    fork->run(soon());
    const auto folder = full.home.path() / "kept";
    EXPECT_THAT(errorOf<Error>([&] { fork->keep(folder, soon()); }),
                HasSubstr("cannot write the machine's state to '" + (folder / "state").string() +
                          "': Unable to write to file: No space left"));
    EXPECT_FALSE(fs::exists(folder));
    EXPECT_NO_THROW(fork->run(soon()));
}

TEST_F(Kept, SaysWhatIsGoneThatItStandsOn) {
    const auto kept = keep();
    made.overwrite("disk.qcow2", "something else\n");
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }),
                HasSubstr("the file that its disk is based on is gone: '" + (made.folder / "disk.qcow2").string()));
    fs::remove(made.folder / "disk.qcow2");
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }), HasSubstr("No such file"));
    fs::remove_all(made.folder);
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }),
                HasSubstr("the file that its disk is based on is gone: cannot look at"));
}

TEST_F(Kept, SaysThatItsRamIsGone) {
    const auto kept = keep();
    fs::remove(made.folder / "ram");
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }),
                HasSubstr("the file that its RAM is based on is gone: cannot look at '" + (made.folder / "ram").string()));
}

TEST_F(Kept, IsRefusedByAnotherQemu) {
    const auto kept = keep();
    const ScopedVariable newer("BOXTEST_FAKE_QEMU_VERSION", "10.1.0 (fake)");
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }),
                HasSubstr("it was kept by QEMU 10.0.2 (fake), and this is QEMU 10.1.0 (fake)"));
}

TEST_F(Kept, OfKvmIsRefusedByAHostThatHasNoneForIt) {
    auto kept = keep();
    kept.accelerator = "kvm";
    kept.save();
    auto manifest = made.guest.json();
    // The one of the two architectures that this host does not have.
    const std::string other = manifest["architecture"] == "aarch64" ? "x86_64" : "aarch64";
    manifest["architecture"] = other;
    made.guest.write(manifest);
    EXPECT_THAT(errorOf<UsageError>([&] { resume(kept); }),
                HasSubstr("can continue under KVM only; the guest is built for " + other + ", the host is "));
}

TEST_F(Kept, IsFoundByItsScenarioOrItsFolder) {
    const auto kept = keep();
    keep("TcpRefused.OnLoopback/0");
    EXPECT_EQ(KeptStore::find("PeerAuth.JaneIsJane").folder, kept.folder);
    EXPECT_EQ(KeptStore::find(kept.folder).folder, kept.folder);
    EXPECT_EQ(KeptStore::all().size(), 2U);
    EXPECT_EQ(errorOf<UsageError>([] { KeptStore::find("Nobody.Knows"); }),
              "no machine was kept of 'Nobody.Knows'; there are: PeerAuth.JaneIsJane, TcpRefused.OnLoopback/0");
}

TEST_F(Kept, ResumesFromACacheThatMovedAsAWhole) {
    keep();
    const auto elsewhere = made.home.path() / "elsewhere";
    fs::create_directory(elsewhere);
    fs::rename(made.home.path() / "boxtest", elsewhere / "boxtest");
    const ScopedVariable cache("XDG_CACHE_HOME", elsewhere.string());
    const auto fork = resume(KeptStore::find("PeerAuth.JaneIsJane"));
    EXPECT_NO_THROW(fork->run(soon()));
}

TEST_F(Kept, IsNotRemovedWhileItIsUsed) {
    const auto kept = keep();
    {
        const auto fork = resume(kept);
        EXPECT_THAT(errorOf<UsageError>([&] { KeptStore::remove(kept); }), HasSubstr("is in use: boxtest down"));
    }
    KeptStore::remove(kept);
    EXPECT_FALSE(fs::exists(kept.folder));
    EXPECT_FALSE(fs::exists(run)) << "empty folders are left";
}

TEST_F(Kept, OfTheVersionBeforeIsReadAndOfAnotherRefusedWithWhatToDo) {
    const auto folder = run / "kept" / "A.B";
    fs::create_directories(folder);
    const auto write = [&](int format) {
        std::ofstream(folder / "kept.json") << R"({"format": )" << format << R"text(, "scenario": "A.B", "reason": "it failed",
            "kept": 1790000000, "template": "0123", "qemu": "10.0.2 (fake)", "accelerator": "tcg", "cpu_model": "max",
            "guest_folder": "/guest",
            "support": [{"file": "/t/disk.qcow2", "format": "qcow2", "size": 11, "modified_ns": 5}],
            "ram": {"file": "/t/ram", "size": 3, "modified_ns": 7}})text";
    };
    write(2);
    const auto kept = KeptMachine::load(folder);
    EXPECT_EQ(kept.guestFolder, "/guest");
    EXPECT_EQ(kept.support.at(0).image.file, "/t/disk.qcow2");
    EXPECT_TRUE(kept.ramFacts);
    write(99);
    EXPECT_THAT(errorOf<UsageError>([&] { KeptMachine::load(folder); }), HasSubstr("remove it with `boxtest keep remove "));
    ASSERT_EQ(KeptStore::unreadable().size(), 1U);
    EXPECT_TRUE(CacheInventory::take(boxHooks()).prune(true, made.log).empty()) << "it may stand on anything";
    KeptStore::remove(folder);
    EXPECT_TRUE(KeptStore::unreadable().empty());
    EXPECT_FALSE(CacheInventory::take(boxHooks()).prune(true, made.log).empty());
}

TEST_F(Kept, OfAGuestWhosePathIsNoUtf8IsResumedAndNotExported) {
    const auto folder = made.home.path() / "gu\xE9st";
    fs::copy(made.guest.folder(), folder, fs::copy_options::recursive);
    fs::remove_all(made.folder);
    made.make(Manifest::load(folder).guest());
    const auto kept = keep();
    EXPECT_EQ(kept.guestFolder, folder);
    EXPECT_EQ(MachineInfo::fromJson(nlohmann::json::parse(resume(kept)->info().toJson().dump())).guestFolder, folder);
    EXPECT_NO_THROW(resume(kept)->run(soon()));
    EXPECT_THAT(errorOf<UsageError>([&] { exportKept(boxHooks(), kept, made.home.path() / "file", made.log, soon(), nullptr); }),
                HasSubstr("a path that is not UTF-8"));
    EXPECT_FALSE(fs::exists(made.home.path() / "file"));
}

TEST_F(Kept, WhereQemuCannotBeToldOfItsFolderSaysSo) {
    const auto fork = made.fork();
    fork->run(soon());
    EXPECT_THAT(errorOf<UsageError>([&] { fork->keep(run / "k\xE9pt", soon()); }), HasSubstr("a path that is not UTF-8"));
}

TEST_F(Kept, HasOneDisk) {
    const auto base = keep().base(boxHooks(), soon());
    EXPECT_NO_THROW(base->onlyDisk());
    base->launch.disks.push_back(base->disk());
    EXPECT_THAT(errorOf<UsageError>([&] { base->onlyDisk(); }), HasSubstr("a machine with 2 disks cannot be stored"));
}

TEST_F(Kept, RemovedElsewhereLeavesTheFoldersItLayIn) {
    keep();
    const auto elsewhere = made.home.path() / "a person's" / "folder";
    fs::create_directories(elsewhere.parent_path());
    fs::rename(run / "kept", elsewhere);
    KeptStore::remove(KeptMachine::load(elsewhere / "PeerAuth.JaneIsJane"));
    EXPECT_FALSE(fs::exists(elsewhere / "PeerAuth.JaneIsJane"));
    EXPECT_TRUE(fs::exists(elsewhere)) << "boxtest did not make it";
}

TEST_F(Kept, IsNotRemovedWhileAnotherOneStandsOnIt) {
    const auto first = keep();
    {
        const auto fork = resume(first);
        fork->run(soon());
        fork->keep(run / "kept" / "again", soon());
    }
    EXPECT_THAT(errorOf<UsageError>([&] { KeptStore::remove(first); }), HasSubstr("depends on it"));
    KeptStore::remove(KeptMachine::load(run / "kept" / "again"));
    EXPECT_NO_THROW(KeptStore::remove(first));
}

TEST_F(Kept, ExportedStandsOnNothingElse) {
    const auto kept = keep();
    const auto file = made.home.path() / "failure.boxtest";
    exportKept(boxHooks(), kept, file, made.log, soon(), nullptr);
    struct stat found {};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600U) << "it holds the guest's keys";
    KeptStore::remove(kept);
    fs::remove_all(made.folder);

    const auto imported = importKept(boxHooks(), file, {}, made.log, soon(), nullptr).machine;
    EXPECT_TRUE(imported.support.empty());
    EXPECT_EQ(imported.ram, imported.folder / "ram");
    EXPECT_FALSE(imported.ramFacts);
    EXPECT_EQ(imported.scenario, kept.scenario);
    const auto fork = resume(imported);
    EXPECT_NO_THROW(fork->run(soon()));
    EXPECT_EQ(fork->guest().id, "0123456789abcdef");
    EXPECT_EQ(readWholeFile(fork->guest().ssh.keyOf("jane")), "a stand-in\n");
    // A second import returns the folder of the first one.
    EXPECT_EQ(importKept(boxHooks(), file, {}, made.log, soon(), nullptr).machine.folder, imported.folder);
}

TEST_F(Kept, AFileThatIsNoExportIsRefused) {
    const auto file = made.home.path() / "notes.txt";
    std::ofstream(file) << "no machine";
    EXPECT_THAT(errorOf<UsageError>([&] { importKept(boxHooks(), file, {}, made.log, soon(), nullptr); }),
                HasSubstr("cannot unpack '" + file.string() + "'"));
}

/// Waits until another process has made the condition true.
void waitUntil(const char* what, const std::function<bool()>& holds) {
    for (const auto deadline = soon(); !holds();) {
        ASSERT_FALSE(deadline.expired()) << "not in time: " << what;
        pauseBetweenTries(20ms, deadline);
    }
}

TEST(KilledWhileKeeping, LeavesNoMachineAndNothingThatLooksKept) {
    FakeTemplate made("fake.hang-while-saving");
    const auto folder = made.home.path() / "boxtest" / "runs" / "20260101" / "kept" / "PeerAuth.JaneIsJane";
    const pid_t child = ::fork();
    if (child == 0) {
        const auto fork = made.fork();
        fork->run(soon());
        fork->keep(folder, soon());
        std::_Exit(0);
    }
    waitUntil("a state is being written", [&] { return fs::exists(folder / "state"); });
    pid_t qemu = 0;
    for (const auto& entry : fs::directory_iterator(made.home.path() / "boxtest" / "machines"))
        if (fs::exists(entry.path() / "machine.json")) qemu = MachineInfo::load(entry.path() / "machine.json").qemuPid;
    ASSERT_GT(qemu, 0);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    waitUntil("its QEMU is gone", [&] { return !fs::exists("/proc/" + std::to_string(qemu) + "/exe"); });
    EXPECT_THAT(errorOf<UsageError>([&] { KeptMachine::load(folder); }), HasSubstr("holds no kept machine"));
    EXPECT_TRUE(KeptStore::all().empty());
    FakeTemplate next;
    EXPECT_NO_THROW(next.fork()->run(soon()));
}

}  // namespace
}  // namespace boxtest
