#include "schedule/DurationHistory.hpp"

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

class DurationHistoryTest : public testing::Test {
   protected:
    void learn(const std::string& scenario, double seconds) {
        DurationHistory history(file_);
        history.learn(scenario, std::chrono::duration<double>(seconds));
        history.save(log_);
    }
    double known(const std::string& scenario) const {
        return DurationHistory(file_).of(scenario).value_or(std::chrono::seconds(-1)).count();
    }
    TemporaryFolder folder_{"durations"};
    std::filesystem::path file_ = folder_.path() / "cache" / "durations.json";
    RecordingLog log_;
};

TEST_F(DurationHistoryTest, TheLastDurationIsKnownTheNextTime) {
    EXPECT_EQ(known("A.b"), -1);
    learn("A.b", 3.21);
    learn("A.c", 0);
    learn("A.b", 4);
    EXPECT_DOUBLE_EQ(known("A.b"), 4);
    EXPECT_GT(known("A.c"), 0);
    EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(DurationHistoryTest, AValueThatIsNoneIsLeftOutAndTheOthersStay) {
    std::filesystem::create_directories(file_.parent_path());
    std::ofstream(file_) << R"({"format":1,"scenarios":{"A.b":"soon","A.c":-5,"A.d":1e99,"A.e":null,"A.f":7}})";
    for (const auto* scenario : {"A.b", "A.c", "A.d", "A.e"}) EXPECT_EQ(known(scenario), -1) << scenario;
    EXPECT_EQ(known("A.f"), 7);
    learn("A.b", 2);
    EXPECT_EQ(known("A.b"), 2);
    EXPECT_EQ(known("A.f"), 7);
}

TEST_F(DurationHistoryTest, ThatItCannotBeWrittenIsSaid) {
    std::ofstream(folder_.path() / "cache") << "in the way";
    learn("A.b", 1);
    EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("how long the scenarios took is not remembered")));
}

}  // namespace
}  // namespace boxtest
