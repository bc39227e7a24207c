#include "schedule/WaysMemory.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/TemporaryFolder.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class WaysMemoryTest : public testing::Test {
   protected:
    void learn(const std::string& scenario, const Ways& ways) {
        WaysMemory memory(file_);
        memory.learn(scenario, ways);
        memory.save(log_);
    }
    TemporaryFolder folder_{"ways"};
    std::filesystem::path file_ = folder_.path() / "cache" / "ways.json";
    RecordingLog log_;
};

TEST_F(WaysMemoryTest, WhatWasLearnedIsKnownTheNextTime) {
    EXPECT_EQ(WaysMemory(file_).of("A.b"), WaysMemory::ofMost());
    learn("A.b", {Way::handymanSession, Way::handymanTunnel});
    learn("A.none", {});
    const WaysMemory memory(file_);
    EXPECT_THAT(memory.of("A.b"), ElementsAre(Way::handymanSession, Way::handymanTunnel));
    EXPECT_THAT(memory.of("A.none"), IsEmpty());
    EXPECT_EQ(memory.of("A.other"), WaysMemory::ofMost());
    EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(WaysMemoryTest, WhatOthersLearnedMeanwhileStays) {
    learn("A.b", {Way::adminSession});
    WaysMemory one(file_);
    learn("A.c", {Way::adminTunnel});
    one.learn("A.b", {Way::rootShell});
    one.save(log_);
    const WaysMemory memory(file_);
    EXPECT_THAT(memory.of("A.b"), ElementsAre(Way::rootShell));
    EXPECT_THAT(memory.of("A.c"), ElementsAre(Way::adminTunnel));
}

TEST_F(WaysMemoryTest, NothingNewIsNotWritten) {
    learn("A.b", {Way::adminSession});
    std::filesystem::remove(file_);
    WaysMemory memory(file_);
    memory.save(log_);
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(WaysMemoryTest, AFileThatCannotBeReadIsForgotten) {
    for (const auto* const text :
         {"", "{", "[]", R"({"format":2,"scenarios":{"A.b":["admin"]}})", R"({"format":1,"scenarios":{"A.b":["window"]}})",
          R"({"format":1,"scenarios":{"A.b":"admin"}})"}) {
        std::filesystem::create_directories(file_.parent_path());
        std::ofstream(file_) << text;
        EXPECT_EQ(WaysMemory(file_).of("A.b"), WaysMemory::ofMost()) << text;
    }
    learn("A.b", {Way::handymanSession});
    EXPECT_THAT(WaysMemory(file_).of("A.b"), ElementsAre(Way::handymanSession));
}

TEST_F(WaysMemoryTest, ThatItCannotBeWrittenIsSaid) {
    std::ofstream(folder_.path() / "cache") << "in the way";
    learn("A.b", {Way::handymanSession});
    EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("not remembered")));
}

}  // namespace
}  // namespace boxtest
