#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "ready/BoxHooks.hpp"
#include "store/RunFolder.hpp"
#include "template/CacheInventory.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

/// A store with one item of each kind: a guest that is not the current guest, its template, a kept machine that depends on both,
/// an exported machine, and old runs.
struct FullStore {
    FullStore() {
        for (const auto* name : {"old", "today"}) {
            fs::create_directories(cache / "guests");
            fs::copy(made.guest.folder(), cache / "guests" / name, fs::copy_options::recursive);
        }
        fs::create_directory_symlink("today", cache / "guests" / "current");
        fs::remove_all(made.folder);
        made.make(Manifest::load(guest).guest());
        keep(kept);
        exportKept(boxHooks(), KeptMachine::load(kept), file, made.log, soon(), nullptr);
        for (int i = 0; i < 12; ++i) fs::create_directories(cache / "runs" / ("20200101-0000" + std::to_string(10 + i) + "-1"));
    }

    void keep(const fs::path& folder) {
        const auto fork = made.fork();
        fork->describe("A.B", "it failed");
        fork->run(soon());
        fork->keep(folder, soon());
    }
    void resume(const fs::path& folder) {
        Fork::resume(boxHooks(), KeptMachine::load(folder), made.log, made.failure, soon())->run(soon());
    }
    BootOptions boot() const { return {.guestFolder = guest, .chosen = Accelerator{.kvm = false}}; }

    FakeTemplate made;
    ScopedVariable none{"BOXTEST_GUEST", std::nullopt};
    fs::path cache = made.home.path() / "boxtest";
    fs::path guest = cache / "guests" / "old";
    fs::path kept = cache / "runs" / "20210101-000000-1" / "kept" / "A.B";
    fs::path file = made.home.path() / "exported";
};

struct Operation {
    const char* name;
    std::function<void(FullStore&)> run;
    /// The operation boots the fake guest, which never becomes ready: a GuestError counts as success.
    bool boots = false;
};

const std::vector<Operation>& operations() {
    static const std::vector<Operation> all{
        {"Prune", [](FullStore& store) { CacheInventory::take(boxHooks()).prune(true, store.made.log); }},
        {"List", [](FullStore&) { CacheInventory::take(boxHooks()), KeptStore::all(); }},
        {"KeepRemove", [](FullStore&) { KeptStore::remove(KeptStore::find("A.B")); }},
        {"Pack", [](FullStore& store) { compressKept(store.kept, store.made.log, soon()); }},
        {"Resume", [](FullStore& store) { store.resume(store.kept); }},
        {"Export",
         [](FullStore& store) {
             exportKept(boxHooks(), KeptMachine::load(store.kept), store.made.home.path() / ("file" + std::to_string(::getpid())),
                        store.made.log, soon(), nullptr);
         }},
        {"Import",
         [](FullStore& store) {
             store.resume(importKept(boxHooks(), store.file, {}, store.made.log, soon(), nullptr).machine.folder);
         }},
        {"Run",
         [](FullStore& store) {
             const RunFolder run;
             store.made.fork()->run(soon());
         }},
        {"Keep",
         [](FullStore& store) {
             const RunFolder run;
             store.keep(run.keptOf("C.D"));
         }},
        {"Template",
         [](FullStore& store) {
             Template::findOrBuild(boxHooks(), {.boot = store.boot(), .cpuModel = store.made.cpuModel}, store.made.log,
                                   store.made.failure, soon());
         },
         true},
        {"UpFresh", [](FullStore& store) { ReadyMachine::boot(boxHooks(), store.boot(), store.made.log, store.made.failure); },
         true},
    };
    return all;
}

constexpr int refused = 10;

/// Forks a process that waits for a byte from `gate`, then runs the operation. Its exit status: 0, `refused`, or 1 with the
/// reason in the file.
pid_t begin(const Operation& operation, FullStore& store, int gate, const fs::path& reason) {
    const auto child = ::fork();
    if (child != 0) return child;
    char byte = 0;
    [[maybe_unused]] const auto got = ::read(gate, &byte, 1);
    int status = 1;
    try {
        operation.run(store);
        status = 0;
    } catch (const UsageError& error) {
        std::ofstream(reason) << error.what();
        status = refused;
    } catch (const GuestError& error) {
        std::ofstream(reason) << error.what();
        status = operation.boots ? 0 : 1;
    } catch (const std::exception& error) {
        std::ofstream(reason) << error.what();
    }
    std::_Exit(status);
}

void expectWhole(FullStore& store) {
    const auto isWhole = [](const fs::path& folder, const char* file) {
        EXPECT_EQ(fs::exists(folder), fs::exists(folder / file)) << folder << " is there in part";
        return fs::exists(folder / file);
    };
    const bool guest = isWhole(store.guest, "guest.json");
    const bool frozen = isWhole(store.made.folder, "template.json");
    if (guest && frozen) {
        EXPECT_NO_THROW(store.made.open());
    }
    for (const auto& kept : KeptStore::all()) EXPECT_NO_THROW(store.resume(kept.folder)) << kept.folder;
    EXPECT_TRUE(KeptStore::unreadable().empty());
    isWhole(store.kept, "kept.json");
    for (const auto* folder : {"guests", "templates", "runs", "imported", "machines"}) {
        if (!fs::exists(store.cache / folder)) continue;
        for (const auto& entry : fs::directory_iterator(store.cache / folder)) {
            const auto name = entry.path().filename().string();
            EXPECT_FALSE(entry.is_directory() && name.starts_with('.')) << "left: " << entry.path();
            EXPECT_FALSE(entry.is_directory() && folder == std::string("machines")) << "left: " << entry.path();
        }
    }
    for (const auto& entry : fs::directory_iterator(store.made.home.path()))
        EXPECT_NE(entry.path().extension(), ".part") << entry.path();
}

class PairsAtOnce : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PairsAtOnce, LeaveTheStoreWhole) {
    const auto& all = operations();
    for (std::size_t other = GetParam(); other < all.size(); ++other) {
        const std::array<const Operation*, 2> pair{&all[GetParam()], &all[other]};
        SCOPED_TRACE(std::string(pair[0]->name) + " and " + pair[1]->name);
        FullStore store;
        std::array<int, 2> gate{};
        ASSERT_EQ(::pipe(gate.data()), 0);
        std::array<pid_t, 2> children{};
        const auto reasonOf = [&](std::size_t i) { return store.made.home.path() / ("reason" + std::to_string(i)); };
        for (std::size_t i = 0; i < 2; ++i) children[i] = begin(*pair[i], store, gate[0], reasonOf(i));
        ASSERT_EQ(::write(gate[1], "go", 2), 2);
        for (std::size_t i = 0; i < 2; ++i) {
            int status = 0;
            ASSERT_EQ(::waitpid(children[i], &status, 0), children[i]);
            ASSERT_TRUE(WIFEXITED(status));
            const auto code = WEXITSTATUS(status);
            EXPECT_TRUE(code == 0 || code == refused)
                << pair[i]->name << ": " << (fs::exists(reasonOf(i)) ? readWholeFile(reasonOf(i)) : "?");
        }
        ::close(gate[0]);
        ::close(gate[1]);
        expectWhole(store);
    }
}

INSTANTIATE_TEST_SUITE_P(All, PairsAtOnce, ::testing::Range(std::size_t{0}, operations().size()),
                         [](const auto& one) { return std::string(operations()[one.param].name); });

}  // namespace
}  // namespace boxtest
