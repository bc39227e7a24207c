#include "base/Files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

TEST(Files, WhatCannotBeDoneIsASystemErrorThatNamesThePath) {
    const TemporaryFolder home("files");
    const auto file = home.path() / "file";
    std::ofstream(file) << "text";
    const auto below = file / "below";
    const auto missing = home.path() / "missing";
    const std::vector<std::pair<fs::path, std::function<void()>>> all{
        {missing, [&] { files::linkTarget(missing); }},
        {missing, [&] { files::size(missing); }},
        {missing, [&] { files::writeTime(missing); }},
        {missing, [&] { files::room(missing); }},
        {missing, [&] { files::isSame(missing, home.path() / "other"); }},
        {missing, [&] { files::entriesOf(missing); }},
        {missing, [&] { files::allBelow(missing); }},
        {below, [&] { files::makeFolder(below); }},
        {below, [&] { files::makeFolders(below); }},
        {below, [&] { files::makeLink("x", below); }},
        {missing, [&] { files::setPermissions(missing, fs::perms::owner_all); }},
        {missing, [&] { files::rename(missing, file); }},
        {missing, [&] { files::copyFile(missing, file); }},
        {missing, [&] { files::copyAll(missing, file); }},
        {below, [&] { files::remove(below); }},
    };
    int number = 0;
    for (const auto& [path, attempt] : all)
        EXPECT_THAT(errorOf<SystemError>(attempt),
                    ::testing::AllOf(::testing::StartsWith("cannot "), ::testing::HasSubstr(path.string())))
            << "number " << number++;
    EXPECT_FALSE(files::exists(below));
    EXPECT_EQ(files::size(file), 4U);
    EXPECT_EQ(files::entriesOf(home.path()).size(), 1U);
    EXPECT_NO_THROW(files::remove(missing));
}

TEST(JsonPath, LosesNothing) {
    for (const auto& path : {fs::path("/plain"),
                             fs::path("/Stra\xC3\x9F"
                                      "e"),
                             fs::path("/gu\xE9st\n/x"), fs::path()}) {
        const auto value = pathToJson(path);
        EXPECT_EQ(pathFromJson(nlohmann::json::parse(value.dump())), path);
        EXPECT_EQ(value.is_string(), path != "/gu\xE9st\n/x");
    }
    EXPECT_THROW(pathFromJson(7), nlohmann::json::exception);
}

}  // namespace
}  // namespace boxtest
