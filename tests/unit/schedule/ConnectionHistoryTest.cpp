#include "schedule/ConnectionHistory.hpp"

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

class ConnectionHistoryTest : public testing::Test {
   protected:
    void learn(const std::string& scenario, const GuestConnections& connections) {
        ConnectionHistory history(file_);
        history.learn(scenario, connections);
        history.save(log_);
    }
    TemporaryFolder folder_{"connections"};
    std::filesystem::path file_ = folder_.path() / "cache" / "connections.json";
    RecordingLog log_;
};

TEST_F(ConnectionHistoryTest, WhatWasLearnedIsKnownTheNextTime) {
    EXPECT_EQ(ConnectionHistory(file_).of("A.b"), ConnectionHistory::ofMost());
    learn("A.b", {GuestConnection::handymanSession, GuestConnection::handymanTunnel});
    learn("A.none", {});
    const ConnectionHistory history(file_);
    EXPECT_THAT(history.of("A.b"), ElementsAre(GuestConnection::handymanSession, GuestConnection::handymanTunnel));
    EXPECT_THAT(history.of("A.none"), IsEmpty());
    EXPECT_EQ(history.of("A.other"), ConnectionHistory::ofMost());
    EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(ConnectionHistoryTest, WhatOthersLearnedMeanwhileStays) {
    learn("A.b", {GuestConnection::adminSession});
    ConnectionHistory one(file_);
    learn("A.c", {GuestConnection::adminTunnel});
    one.learn("A.b", {GuestConnection::rootShell});
    one.save(log_);
    const ConnectionHistory history(file_);
    EXPECT_THAT(history.of("A.b"), ElementsAre(GuestConnection::rootShell));
    EXPECT_THAT(history.of("A.c"), ElementsAre(GuestConnection::adminTunnel));
}

TEST_F(ConnectionHistoryTest, NothingNewIsNotWritten) {
    learn("A.b", {GuestConnection::adminSession});
    std::filesystem::remove(file_);
    ConnectionHistory history(file_);
    history.save(log_);
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(ConnectionHistoryTest, AFileThatCannotBeReadIsForgotten) {
    for (const auto* const text :
         {"", "{", "[]", R"({"format":2,"scenarios":{"A.b":["admin"]}})", R"({"format":1,"scenarios":{"A.b":["window"]}})",
          R"({"format":1,"scenarios":{"A.b":"admin"}})"}) {
        std::filesystem::create_directories(file_.parent_path());
        std::ofstream(file_) << text;
        EXPECT_EQ(ConnectionHistory(file_).of("A.b"), ConnectionHistory::ofMost()) << text;
    }
    learn("A.b", {GuestConnection::handymanSession});
    EXPECT_THAT(ConnectionHistory(file_).of("A.b"), ElementsAre(GuestConnection::handymanSession));
}

TEST_F(ConnectionHistoryTest, ThatItCannotBeWrittenIsSaid) {
    std::ofstream(folder_.path() / "cache") << "in the way";
    learn("A.b", {GuestConnection::handymanSession});
    EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("not remembered")));
}

}  // namespace
}  // namespace boxtest
