/// Templates of a real machine, in separate stores.
#include <gmock/gmock.h>

#include <unistd.h>

#include <future>

#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/TemporaryFolder.hpp"
#include "store/HolderNote.hpp"
#include "tiny/TinyFixture.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::HasSubstr;

class TinyTemplate : public TinyFixture {
   protected:
    std::shared_ptr<const Template> make(const TemplateOptions& options, Log& log) {
        return Template::findOrBuild(box(), options, log, failure_, patiently());
    }
    TemplateOptions inOwnStore(const std::filesystem::path& store) const {
        auto options = templateOptions();
        options.store = store;
        options.stage = TemplateStage::ready;
        return options;
    }
    std::size_t templatesIn(const std::filesystem::path& store) const {
        std::size_t count = 0;
        for (const auto& entry : files::entriesOf(store)) count += files::isFolder(entry) ? 1 : 0;
        return count;
    }

    TemporaryFolder folder_{"store", cacheFolder()};
};

TEST_F(TinyTemplate, OfTwoWhoWantItAtOnceOneMakesItAndBothHaveIt) {
    const auto options = inOwnStore(folder_.path());
    RecordingLog logs[2];
    auto other = std::async(std::launch::async, [&] { return make(options, logs[1]); });
    const auto one = make(options, logs[0]);
    EXPECT_EQ(one->key(), other.get()->key());
    EXPECT_EQ(templatesIn(folder_.path()), 1U);
    const auto made = [](const RecordingLog& log) {
        std::size_t count = 0;
        for (const auto& line : log.lines()) count += line.starts_with("frozen in ") ? 1 : 0;
        return count;
    };
    EXPECT_EQ(made(logs[0]) + made(logs[1]), 1U) << "both have frozen one";
    const auto& waited = made(logs[0]) == 0 ? logs[0] : logs[1];
    const auto told = " (process " + std::to_string(::getpid()) + ": the echo box)";
    EXPECT_THAT(waited.waits(), Contains(HasSubstr(told))) << "who waits is not told what the other one does";
    EXPECT_FALSE(std::filesystem::exists(HolderNote::besideOf(folder_.path() / (one->key() + ".lock"))));
}

TEST_F(TinyTemplate, ThatWasDamagedIsMadeAnewAndSaysWhy) {
    const auto options = inOwnStore(folder_.path());
    const auto ram = [&] { return make(options, log_)->folder() / TemplateRecord::ramName; }();
    std::filesystem::permissions(ram, std::filesystem::perms::owner_all);
    std::filesystem::resize_file(ram, 4096);
    RecordingLog log;
    const auto again = make(options, log);
    EXPECT_THAT(log.lines(), Contains(HasSubstr("is broken and is rebuilt: ")));
    const auto machine = Fork::prepare(again, log, failure_, patiently());
    machine->run(patiently());
    EXPECT_EQ(told(*machine, "echo well"), "well\n");
}

TEST_F(TinyTemplate, IsFrozenAfterARebootWhenAsked) {
    auto options = templateOptions();
    options.store = folder_.path();
    options.after = "reboot";
    const auto rebooted = make(options, log_);
    EXPECT_EQ(templatesIn(folder_.path()), 2U) << "the warm one is made first";
    const auto machine = Fork::prepare(rebooted, log_, failure_, patiently());
    machine->run(patiently());
    EXPECT_EQ(told(*machine, "cat /run/token"), machine->info().token + "\n");
}

}  // namespace
}  // namespace boxtest
