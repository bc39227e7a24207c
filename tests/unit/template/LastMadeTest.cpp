#include "template/LastMade.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/TemporaryFolder.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

class LastMadeTest : public testing::Test {
   protected:
    void make(const std::string& key, const std::string& accelerator, int minute, double boot, double warmUp) const {
        TemplateRecord record;
        record.key = key;
        record.inputs = nlohmann::json::object();
        record.guestFolder = "/guest";
        record.accelerator = accelerator;
        record.frozen = std::chrono::system_clock::time_point(std::chrono::hours(400000) + std::chrono::minutes(minute));
        record.bootSeconds = boot;
        record.warmSeconds = warmUp;
        fs::create_directories(store_.path() / key);
        record.save(store_.path() / key);
    }
    static double orNone(std::optional<std::chrono::duration<double>> seconds) { return seconds ? seconds->count() : -1; }

    TemporaryFolder store_{"store"};
};

TEST_F(LastMadeTest, IsNothingWithoutATemplate) {
    for (const auto& store : {store_.path(), store_.path() / "missing"}) {
        EXPECT_EQ(orNone(LastMade::in(store).boot), -1);
        EXPECT_EQ(orNone(LastMade::in(store).warmUp), -1);
    }
}

TEST_F(LastMadeTest, IsTheNewestOfItsKindThatTells) {
    make("a", "tcg", 1, 100, 40);
    make("b", "tcg", 3, 70, 30);
    make("c", "tcg", 2, 90, 35);
    make("ready", "tcg", 4, 60, 0);
    make("kvm", "kvm", 5, 9, 4);
    fs::create_directory(store_.path() / "broken");
    std::ofstream(store_.path() / "broken" / "template.json") << "{";
    fs::create_directory(store_.path() / ".building.x");
    EXPECT_EQ(orNone(LastMade::in(store_.path(), "tcg").boot), 60);
    EXPECT_EQ(orNone(LastMade::in(store_.path(), "tcg").warmUp), 30) << "one that was not warmed up does not tell";
    EXPECT_EQ(orNone(LastMade::in(store_.path(), "kvm").boot), 9);
    EXPECT_EQ(orNone(LastMade::in(store_.path()).boot), 9);
}

}  // namespace
}  // namespace boxtest
