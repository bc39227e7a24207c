#include "db/LibpqEnvironment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace boxtest {
namespace {

TEST(LibpqEnvironment, WhatIsNotAboutTheConnectionIsTheUsers) {
    for (const auto* name : {"PGTZ", "PGHOSTADDR", "PGSSLROOTCERT"}) ::setenv(name, "a=b", 1);
    const auto removed = clearLibpqEnvironment();
    EXPECT_EQ(std::getenv("PGTZ"), nullptr);
    EXPECT_EQ(std::getenv("PGHOSTADDR"), nullptr);
    EXPECT_EQ(removed.at("PGTZ"), "a=b");
    std::map<std::string, std::string> wanted;
    for (const auto* name : {"PGTZ", "PGOPTIONS", "PGAPPNAME", "PGCLIENTENCODING", "PGDATABASE", "PGCONNECT_TIMEOUT"})
        wanted[name] = "x";
    auto all = wanted;
    for (const auto* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE",
                             "PGSSLMODE", "PGREQUIREPEER", "PGREQUIREAUTH", "PGGSSENCMODE", "PGCHANNELBINDING"})
        all[name] = "x";
    EXPECT_EQ(libpqSettingsOfUser(all), wanted);
}

}  // namespace
}  // namespace boxtest
