#include "schedule/Shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<CatalogueEntry> entriesNamed(std::size_t count) {
    std::vector<CatalogueEntry> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({.scenario = "S.n" + std::to_string(i), .claim = "c", .promise = {}, .traits = {}});
    return all;
}

std::vector<std::string> names(const std::vector<CatalogueEntry>& entries) {
    std::vector<std::string> all;
    for (const auto& entry : entries) all.push_back(entry.scenario);
    return all;
}

TEST(Shard, EveryScenarioIsInExactlyOne) {
    std::map<std::string, double> seconds;
    for (int i = 0; i < 40; i += 3) seconds["S.n" + std::to_string(i)] = i * 1.5;
    for (const auto& known : {seconds, std::map<std::string, double>{}}) {
        for (std::size_t of = 1; of <= 7; ++of) {
            std::vector<std::string> all;
            for (std::size_t which = 1; which <= of; ++which)
                for (const auto& name : names(Shard{which, of}.choose(entriesNamed(43), known))) all.push_back(name);
            EXPECT_THAT(all, testing::UnorderedElementsAreArray(names(entriesNamed(43)))) << of;
        }
    }
}

TEST(Shard, WithoutDurationsTheyAreDealtInTurnTheSlowOnesFirst) {
    auto all = entriesNamed(6);
    EXPECT_THAT(names(Shard{1, 3}.choose(all)), ElementsAre("S.n0", "S.n3"));
    EXPECT_THAT(names(Shard{3, 3}.choose(all)), ElementsAre("S.n2", "S.n5"));
    all[3].traits = all[5].traits = {"slow"};
    EXPECT_THAT(names(Shard{1, 2}.choose(all)), ElementsAre("S.n0", "S.n2", "S.n3"));
    EXPECT_THAT(names(Shard{2, 2}.choose(all)), ElementsAre("S.n1", "S.n4", "S.n5"));
}

TEST(Shard, DurationsBalanceThem) {
    const std::map<std::string, double> seconds{{"S.n0", 1}, {"S.n1", 100}, {"S.n2", 60}, {"S.n3", 41}, {"S.n4", 1}};
    EXPECT_THAT(names(Shard{1, 2}.choose(entriesNamed(5), seconds)), ElementsAre("S.n0", "S.n1", "S.n4"));
    EXPECT_THAT(names(Shard{2, 2}.choose(entriesNamed(5), seconds)), ElementsAre("S.n2", "S.n3"));
}

TEST(Shard, AnUnknownDurationCountsAsTheMedian) {
    const std::map<std::string, double> seconds{{"S.n0", 10}, {"S.n1", 10}, {"S.n2", 30}};
    // The durations are 30, then 10, 10, and the median, 10, for S.n3.
    EXPECT_THAT(names(Shard{1, 2}.choose(entriesNamed(4), seconds)), ElementsAre("S.n2"));
}

TEST(Shard, WhatIsNoShardIsRefused) {
    EXPECT_EQ(Shard::parse("--shard", "2/3").text(), "2/3");
    for (const auto* wrong : {"", "2", "0/3", "4/3", "2/0", "a/b", "2/3x", "-1/3", "2-3"})
        EXPECT_THAT(errorOf<UsageError>([&] { Shard::parse("--shard", wrong); }),
                    HasSubstr(std::string("--shard '") + wrong + "' is no K/N"));
    EXPECT_THAT(errorOf<UsageError>([&] { Shard{1, 5}.choose(entriesNamed(4)); }), HasSubstr("5 shards of 4 scenarios"));
}

}  // namespace
}  // namespace boxtest
