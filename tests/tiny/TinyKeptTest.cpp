/// Keeping and resuming a real machine.
#include <gmock/gmock.h>

#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/TemporaryFolder.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptMachine.hpp"
#include "template/KeptStore.hpp"
#include "tiny/TinyFixture.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

class TinyKept : public TinyFixture {
   protected:
    /// Keeps a fork that has changed: data in RAM, a file on its disk, and a process that continues.
    KeptMachine keep(const std::string& name) {
        const auto machine = fork();
        told(*machine, "seq 1 100000 >/run/numbers; seq 1 100000 >/disk/numbers; sync; sleep 100000 >/dev/null 2>&1 &");
        machine->describe("Echo.Fails", "it did not answer");
        machine->keep(folder_.path() / name, patiently());
        return KeptMachine::load(folder_.path() / name);
    }
    void expectAsItWas(const KeptMachine& kept) {
        const auto machine = Fork::resume(box(), kept, log_, failure_, patiently());
        machine->run(patiently());
        EXPECT_EQ(told(*machine,
                       "for f in /run/numbers /disk/numbers; do seq 1 100000 | cmp - $f && rm $f && echo same; done; "
                       "pidof sleep >/dev/null && echo it sleeps"),
                  "same\nsame\nit sleeps\n");
    }
    std::uintmax_t stateSize(const KeptMachine& kept) { return files::size(kept.state()); }

    TemporaryFolder folder_{"kept", cacheFolder()};
};

TEST_F(TinyKept, ComesBackAsItWasAsOftenAsWanted) {
    const auto kept = keep("kept");
    EXPECT_EQ(kept.scenario, "Echo.Fails");
    expectAsItWas(kept);
    const auto whole = stateSize(kept);
    compressKept(kept.folder, log_, patiently());
    EXPECT_LT(stateSize(kept) * 5, whole) << "its RAM was not told from its template's";
    for (int i = 0; i < 2; ++i) expectAsItWas(kept);
}

TEST_F(TinyKept, TravelsInAFileOfItsOwnAndAsADifference) {
    const auto kept = keep("kept");
    const auto whole = folder_.path() / "whole";
    exportKept(box(), kept, whole, log_, patiently(), nullptr);
    const auto difference = folder_.path() / "difference";
    exportDifference(kept, difference, log_, patiently(), nullptr);
    EXPECT_LT(files::size(difference) * 4, files::size(whole));
    for (const auto& file : {whole, difference}) {
        const auto imported =
            importKept(box(), file, file == difference ? template_->folder() : "", log_, patiently(), nullptr).machine;
        expectAsItWas(imported);
        KeptStore::remove(imported);
    }
}

TEST_F(TinyKept, IsKeptAgainAfterItWasResumed) {
    const auto kept = keep("first");
    {
        const auto machine = Fork::resume(box(), kept, log_, failure_, patiently());
        machine->run(patiently());
        told(*machine, "echo later >/run/later");
        machine->keep(folder_.path() / "second", patiently());
    }
    const auto again = Fork::resume(box(), KeptMachine::load(folder_.path() / "second"), log_, failure_, patiently());
    again->run(patiently());
    EXPECT_EQ(told(*again, "cat /run/later; wc -l </disk/numbers"), "later\n100000\n");
}

TEST_F(TinyKept, IsOverOnceItWasKept) {
    const auto machine = fork();
    machine->keep(folder_.path() / "kept", patiently());
    EXPECT_THAT(errorOf<UsageError>([&] { machine->run(patiently()); }),
                HasSubstr("this machine was kept and cannot run any more"));
    EXPECT_THAT(errorOf<UsageError>([&] { machine->keep(folder_.path() / "other", patiently()); }),
                HasSubstr("this machine was kept already"));
    EXPECT_FALSE(files::exists(folder_.path() / "other"));
}

}  // namespace
}  // namespace boxtest
