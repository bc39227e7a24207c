#include "ready/WarmUp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using ::testing::ElementsAre;

TEST(WarmUp, FindsWhatAPageLoadsFromItsServer) {
    EXPECT_THAT(
        loadedBy(R"(<link rel="stylesheet" href="/web/assets/1/a.min.css"/><script src="/web/assets/1/b.min.js?v=2"></script>
        <script src="/web/assets/1/b.min.js?v=2"></script><a href="/web/reset">x</a><script src="//elsewhere/c.js"></script><img src="/x.png">)"),
        ElementsAre("/web/assets/1/b.min.js?v=2", "/web/assets/1/a.min.css"));
    EXPECT_TRUE(loadedBy("<script src=\"/unfinished.js").empty());
}

}  // namespace
}  // namespace boxtest
