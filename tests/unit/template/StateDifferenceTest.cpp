#include "template/StateDifference.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

#include "fake-qemu/MigrationStream.hpp"

namespace boxtest {
namespace {

using Stream = fakeqemu::MigrationStream;

constexpr auto page = Stream::page;
const std::string zero(1, '\0');

std::string filled(char with) { return std::string(page, with); }

/// RAM of four pages: a, zeros, b, c.
const std::string ram = filled('a') + filled('\0') + filled('b') + filled('c');

Stream begun() { return Stream().header().blocks("mem", ram.size()); }

std::optional<std::string> difference(const Stream& stream) {
    const auto found = StateDifference::of(stream.bytes, ram, "mem");
    if (!found) return std::nullopt;
    std::string all;
    for (const auto& part : found->parts()) all += part;
    return all;
}

TEST(StateDifference, LeavesOutPagesThatAreThereAlready) {
    auto whole = begun().part().record(0, filled('a'), "mem").record(page, zero).record(2 * page, filled('B'));
    whole.record(3 * page, filled('c')).endOfRecords().command().last().endOfRecords().bytes += "the devices";
    auto wanted = begun().part().record(2 * page, filled('B'), "mem").endOfRecords().command().last().endOfRecords();
    wanted.bytes += "the devices";
    EXPECT_EQ(difference(whole), wanted.bytes);
}

TEST(StateDifference, HasPagesThatBecameZeroAndZerosThatBecamePages) {
    auto whole = begun().last().record(0, zero, "mem").record(page, filled('x')).record(2 * page, filled('\0')).endOfRecords();
    EXPECT_EQ(difference(whole), whole.bytes);
}

TEST(StateDifference, ComparesOnlyPagesOfThatBlock) {
    auto whole = begun().last().record(0, filled('a'), "pc.bios").record(0, filled('a'), "mem").record(3 * page, filled('x'));
    whole.record(0, filled('c'), "pc.bios").record(2 * page, filled('b'), "mem").endOfRecords();
    auto wanted = begun().last().record(0, filled('a'), "pc.bios").record(3 * page, filled('x'), "mem");
    wanted.record(0, filled('c'), "pc.bios").endOfRecords();
    EXPECT_EQ(difference(whole), wanted.bytes);
}

TEST(StateDifference, GoesOnInTheBlockOfAnEarlierSection) {
    auto whole = begun().part().record(0, filled('x'), "mem").endOfRecords().last().record(page, filled('y')).endOfRecords();
    EXPECT_EQ(difference(whole), whole.bytes);
}

TEST(StateDifference, OfAPageThatWasSentTwiceHasTheLastOne) {
    // The page differed first, and then had the content of the RAM file again.
    auto whole = begun().part().record(0, filled('x'), "mem").endOfRecords();
    whole.last().record(0, filled('a')).record(page, zero).endOfRecords();
    auto wanted = begun().part().record(0, filled('x'), "mem").endOfRecords().last().record(0, filled('a')).endOfRecords();
    EXPECT_EQ(difference(whole), wanted.bytes);
}

static_assert(!std::is_copy_constructible_v<StateDifference> && !std::is_copy_assignable_v<StateDifference>,
              "its parts point into itself");

TEST(StateDifference, MayBeMoved) {
    // The block's name was in a record that is left out. The difference therefore creates a part with the name: a string so short
    // that it is stored inside the string object.
    auto whole = begun().last().record(0, filled('a'), "mem").record(page, filled('x')).endOfRecords();
    auto wanted = begun().last().record(page, filled('x'), "mem").endOfRecords();
    auto first = StateDifference::of(whole.bytes, ram, "mem");
    ASSERT_TRUE(first);
    const auto moved = std::move(*first);
    first.reset();
    std::string all;
    for (const auto& part : moved.parts()) all += part;
    EXPECT_EQ(all, wanted.bytes);
}

TEST(StateDifference, IsOnlyOfQemusThatWereTried) {
    EXPECT_TRUE(StateDifference::isTriedWith("10.0.2 (Debian 1:10.0.2+ds-2)"));
    for (const auto* other : {"9.2.0", "10.1.0", "110.0.2", ""}) EXPECT_FALSE(StateDifference::isTriedWith(other)) << other;
}

TEST(StateDifference, OfAnythingElseIsNothing) {
    const auto usual = [] { return begun().last().record(0, filled('a'), "mem").endOfRecords(); };
    ASSERT_TRUE(difference(usual()));
    Stream cut = usual();
    cut.bytes.pop_back();
    Stream old = usual();
    old.bytes[7] = 2;
    Stream strange;
    strange.bytes = "fake state 2\n";
    EXPECT_FALSE(difference(cut));
    EXPECT_FALSE(difference(old));
    EXPECT_FALSE(difference(strange));
    EXPECT_FALSE(difference(Stream()));
    EXPECT_FALSE(difference(Stream().header().blocks("mem", page).last().endOfRecords())) << "a RAM file of another size";
    EXPECT_FALSE(difference(Stream().header().blocks("pc.ram", ram.size()).last().endOfRecords())) << "RAM of another name";
    EXPECT_FALSE(difference(begun().last().record(4 * page, filled('a'), "mem").endOfRecords())) << "beyond the end";
    EXPECT_FALSE(difference(begun().last().record(0, filled('a')).endOfRecords())) << "a page of no block";
    EXPECT_FALSE(difference(begun().last().record(0, "1", "mem").endOfRecords())) << "a page of another byte than zero";
    EXPECT_FALSE(difference(begun().last().number(0x40, 8).endOfRecords())) << "another kind of record";
}

}  // namespace
}  // namespace boxtest
