#include "base/Event.hpp"

#include <gtest/gtest.h>
#include <poll.h>

namespace boxtest {
namespace {

bool isReadable(const Event& event) {
    pollfd readable{event.fd(), POLLIN, 0};
    return ::poll(&readable, 1, 0) == 1;
}

TEST(Event, IsReadableWhileItIsSet) {
    Event event;
    EXPECT_FALSE(event.isSet());
    EXPECT_FALSE(isReadable(event));
    event.set();
    event.set();
    EXPECT_TRUE(event.isSet());
    EXPECT_TRUE(isReadable(event));
    event.clear();
    EXPECT_FALSE(event.isSet());
    event.clear();
    EXPECT_FALSE(isReadable(event));
}

}  // namespace
}  // namespace boxtest
