#include "base/FileDescriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace boxtest {
namespace {

bool isOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
int openOne() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(FileDescriptor, IsClosedWithItsOwner) {
    const int fd = openOne();
    {
        const FileDescriptor owner(fd);
        EXPECT_TRUE(isOpen(fd));
    }
    EXPECT_FALSE(isOpen(fd));
}

TEST(FileDescriptor, BelongsToOneOwnerAfterAMove) {
    const int fd = openOne();
    FileDescriptor first(fd);
    FileDescriptor second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that it is empty is the contract
    EXPECT_EQ(second.get(), fd);
}

TEST(FileDescriptor, AssignmentClosesWhatWasOwned) {
    const int old = openOne();
    FileDescriptor owner(old);
    const int young = openOne();
    owner = FileDescriptor(young);
    EXPECT_FALSE(isOpen(old));
    EXPECT_TRUE(isOpen(young));
}

TEST(FileDescriptor, ReleasedStaysOpen) {
    const int fd = openOne();
    { EXPECT_EQ(FileDescriptor(fd).release(), fd); }
    EXPECT_TRUE(isOpen(fd));
    FileDescriptor(fd).reset();
    EXPECT_FALSE(isOpen(fd));
}

}  // namespace
}  // namespace boxtest
