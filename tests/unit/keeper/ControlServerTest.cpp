#include "keeper/ControlServer.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <string>

#include "Deadlines.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest {
namespace {

/// While this object exists, the whole process cannot open any further descriptor.
class WithoutFurtherDescriptors {
   public:
    WithoutFurtherDescriptors() {
        const FileDescriptor lowest(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit none{static_cast<rlim_t>(lowest.get()), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    WithoutFurtherDescriptors(const WithoutFurtherDescriptors&) = delete;
    WithoutFurtherDescriptors& operator=(const WithoutFurtherDescriptors&) = delete;
    ~WithoutFurtherDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

   private:
    rlimit before_{};
};

std::chrono::duration<double> cpuTime() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::string answerTo(int fd, const std::string& line) {
    EXPECT_EQ(::send(fd, line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size()));
    waitFor(fd, POLLIN, soon(), "an answer");
    std::string answer(256, '\0');
    const auto got = ::recv(fd, answer.data(), answer.size(), 0);
    answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return answer;
}

TEST(ControlServer, WithoutAFreeDescriptorAnswersOneAndLetsTheOthersWaitWithoutSpinning) {
    const TemporaryFolder folder("control");
    const UnixAddress address(folder.path() / "socket");
    ControlServer server(
        folder.path() / "socket", [](const std::string& line) { return ControlServer::Reply{.line = "heard " + line}; }, [] {});
    std::array<FileDescriptor, 3> clients;
    for (auto& client : clients) client = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    {
        const WithoutFurtherDescriptors none;
        for (const auto& client : clients) ASSERT_EQ(::connect(client.get(), address.get(), address.size()), 0);
        EXPECT_EQ(answerTo(clients[0].get(), "first\n"), "heard first\n");
        const auto begun = std::chrono::steady_clock::now();
        const auto before = cpuTime();
        pauseBetweenTries(std::chrono::seconds(1), soon());
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
        EXPECT_LT((cpuTime() - before).count(), passed.count() / 4) << "it tries to accept all the time";
    }
    EXPECT_EQ(answerTo(clients[2].get(), "last\n"), "heard last\n");
}

}  // namespace
}  // namespace boxtest
