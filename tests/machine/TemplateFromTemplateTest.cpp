/// A template that is built from a fork of another template, with the real QEMU and guest, for what fakes cannot show.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/Folders.hpp"
#include "base/RunProgram.hpp"
#include "base/Sha256.hpp"
#include "base/TemporaryFolder.hpp"
#include "manifest/Manifest.hpp"
#include "ready/BoxHooks.hpp"
#include "ssh/Session.hpp"
#include "store/GuestStore.hpp"
#include "template/Fork.hpp"
#include "template/TemplateBuilder.hpp"

namespace boxtest {
namespace {

Deadline soonEnough() { return Deadline::in(std::chrono::minutes(20)); }

class TemplateFromTemplate : public ::testing::Test {
   protected:
    void SetUp() override {
        TemplateOptions options;
        options.boot.guestFolder = findGuest({});
        from_ = Template::findOrBuild(boxHooks(), options, log_, failure_, soonEnough());
    }

    /// Builds a template in a separate folder, as `boxtest run --quick` builds the warm template, but without another warm-up.
    std::shared_ptr<const Template> make(const std::filesystem::path& folder) {
        TemplateRecord record = from_->record();
        record.inputs = TemplateRecord::inputsOf(from_->spec(), TemplateRecord::notWarm);
        record.key = sha256(record.inputs.dump());
        record.files.clear();
        TemplateBuilder(boxHooks(), from_->spec(), std::move(record), from_, {}, log_, failure_).build(folder, soonEnough());
        return Template::open(boxHooks(), folder, soonEnough());
    }

    std::string told(const Fork& fork, const std::string& script) {
        const auto& admin = fork.guest().admin;
        auto session = Session::connect(fork.sshTarget(), admin, fork.guest().ssh.keyOf(admin), soonEnough(), &failure_);
        const auto result = session.run("sudo -n sh -c " + Session::quote(script));
        EXPECT_TRUE(result.succeeded()) << result.describe();
        return result.out;
    }

    std::string backingOf(const std::filesystem::path& disk) {
        const auto told =
            runProgram({from_->qemu().imageTool.string(), "info", "--output=json", "-U", disk.string()}, soonEnough());
        return nlohmann::json::parse(told.out).value("full-backing-filename", "");
    }

    NullLog log_;
    FailureLatch failure_;
    std::shared_ptr<const Template> from_;
    TemporaryFolder folder_{"template", cacheFolder()};
};

TEST_F(TemplateFromTemplate, StandsByItselfAndItsForksAreAliveAndOfTheirOwn) {
    const auto made = make(folder_.path() / "made");
    EXPECT_EQ(backingOf(made->folder() / TemplateRecord::diskName), from_->guest().boot.disk);
    EXPECT_EQ(from_->record().damage(from_->folder(), from_->guest()), std::nullopt) << "the first template was written to";

    const auto fork = Fork::prepare(made, log_, failure_, soonEnough());
    fork->run(soonEnough());
    EXPECT_EQ(told(*fork, "cat /run/qemu-ga/token"), fork->info().token + "\n");
    std::string units;
    const auto manifest = Manifest::load(made->guest().folder);
    for (const Manifest::Service& service : manifest.services.all()) units += " " + Session::quote(service.unit);
    EXPECT_EQ(told(*fork, "systemctl is-active -- " + units), "active\nactive\nactive\nactive\n");
    // Two forks of the template are two machines: a fork does not see what another fork writes.
    told(*fork, "echo mine >/var/boxtest");
    const auto other = Fork::prepare(made, log_, failure_, soonEnough());
    other->run(soonEnough());
    EXPECT_EQ(told(*other, "ls /var/boxtest 2>/dev/null || echo none"), "none\n");
}

}  // namespace
}  // namespace boxtest
