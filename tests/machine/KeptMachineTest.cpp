/// Tests with forks of the real guest's template, for what fakes cannot show.
#include "template/KeptMachine.hpp"

#include <gtest/gtest.h>

#include "base/Folders.hpp"
#include "base/TemporaryFolder.hpp"
#include "manifest/Manifest.hpp"
#include "ready/BoxHooks.hpp"
#include "ssh/Session.hpp"
#include "store/GuestStore.hpp"
#include "template/Fork.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {
namespace {

Deadline patiently() { return Deadline::in(std::chrono::minutes(20)); }

class KeptMachineOfTheGuest : public ::testing::Test {
   protected:
    static void TearDownTestSuite() { from_.reset(); }
    // Not in SetUpTestSuite(): if that throws, the tests count as skipped.
    void SetUp() override {
        TemplateOptions options;
        options.boot.guestFolder = findGuest({});
        if (!from_) from_ = Template::findOrBuild(boxHooks(), options, log_, failure_, patiently());
    }

    static std::string told(const Fork& fork, FailureLatch& latch, const std::string& script) {
        const auto& admin = fork.guest().admin;
        auto session = Session::connect(fork.sshTarget(), admin, fork.guest().ssh.keyOf(admin), patiently(), &latch);
        const auto result = session.run("sudo -n sh -c " + Session::quote(script));
        EXPECT_TRUE(result.succeeded()) << result.describe();
        return result.out;
    }
    /// Keeps a fork in `folder`, after writing megabytes to its RAM and a file to its disk.
    KeptMachine keep(const std::filesystem::path& folder) {
        auto fork = Fork::prepare(from_, log_, failure_, patiently());
        fork->run(patiently());
        told(*fork, failure_, "seq 1 300000 >/run/boxtest; seq 1 300000 >/var/boxtest; sync");
        fork->keep(folder, patiently());
        return KeptMachine::load(folder);
    }
    void expectAsItWas(const KeptMachine& kept) {
        const auto fork = Fork::resume(boxHooks(), kept, log_, failure_, patiently());
        fork->run(patiently());
        EXPECT_EQ(
            told(*fork, failure_, "for f in /run/boxtest /var/boxtest; do seq 1 300000 | cmp - $f && rm $f && echo same; done"),
            "same\nsame\n");
        const auto units = "systemctl is-active -- " + unitsOf(Manifest::load(fork->guest().folder));
        EXPECT_EQ(told(*fork, failure_, units), "active\nactive\nactive\nactive\n");
    }
    static std::string unitsOf(const Manifest& manifest) {
        std::string all;
        for (const Manifest::Service& service : manifest.services.all()) all += " " + Session::quote(service.unit);
        return all;
    }

    static inline NullLog log_;
    static inline FailureLatch failure_;
    static inline std::shared_ptr<const Template> from_;
    TemporaryFolder folder_{"kept", cacheFolder()};
};

TEST_F(KeptMachineOfTheGuest, ComesBackAsItWasWholeOrByItsDifference) {
    const auto kept = keep(folder_.path() / "kept");
    const auto whole = std::filesystem::file_size(kept.folder / "state");
    expectAsItWas(kept);
    compressKept(kept.folder, log_, patiently());
    EXPECT_LT(std::filesystem::file_size(kept.folder / "state.zst") * 10, whole) << "its RAM was not told from its template's";
    for (int i = 0; i < 2; ++i) expectAsItWas(kept);

    const auto file = folder_.path() / "failure.difference";
    exportDifference(kept, file, log_, patiently(), nullptr);
    EXPECT_LT(std::filesystem::file_size(file) * 10, whole);
    const auto imported = importKept(boxHooks(), file, from_->folder(), log_, patiently(), nullptr).machine;
    expectAsItWas(imported);
    KeptStore::remove(imported);
}

}  // namespace
}  // namespace boxtest
