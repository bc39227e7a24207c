#include "base/MemoryLimit.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>
#include <vector>

#include "Deadlines.hpp"
#include "base/RunProgram.hpp"

namespace boxtest {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

constexpr int refusedToItAndNotToItsChild = 42;

TEST(MemoryLimit, EndsAnAllocationAndIsNotItsChildrens) {
    const auto child = ::fork();
    if (child == 0) {
        const auto before = runProgram({"sh", "-c", "ulimit -d"}, soon()).out;
        limitOwnMemory(std::uint64_t{256} << 20);
        bool refused = false;
        try {
            const std::vector<char> much(std::size_t{1} << 30, 'x');
        } catch (const std::bad_alloc&) {
            refused = true;
        }
        const bool same = runProgram({"sh", "-c", "ulimit -d"}, soon()).out == before;
        std::_Exit(refused && same ? refusedToItAndNotToItsChild : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), refusedToItAndNotToItsChild);
}

#endif

}  // namespace
}  // namespace boxtest
