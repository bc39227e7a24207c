#include "worker/WorkerProcess.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"

namespace boxtest {

namespace {

constexpr std::size_t shownLines = 20;
constexpr std::size_t shownBytes = 65536;

/// A socket pair instead of a pipe: MSG_NOSIGNAL lets a write to a process that has ended fail without a signal.
std::pair<FileDescriptor, FileDescriptor> socketPair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw SystemError("cannot make a pair of sockets", errno);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace

std::string lastLinesOf(const std::filesystem::path& file, std::size_t begin, std::size_t count) {
    FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found {};
    if (!fd || ::fstat(fd.get(), &found) != 0) throw SystemError("cannot read '" + file.string() + "'", errno);
    // The file may contain output of the guest, of any size.
    const auto size = static_cast<std::size_t>(found.st_size);
    const auto from = std::max(std::min(begin, size), size - std::min(size, shownBytes));
    std::string text(size - from, '\0');
    const auto got = ::pread(fd.get(), text.data(), text.size(), static_cast<off_t>(from));
    if (got < 0) throw SystemError("cannot read '" + file.string() + "'", errno);
    text.resize(static_cast<std::size_t>(got));
    std::size_t at = text.size();
    for (std::size_t lines = 0; at > 0 && lines <= count; --at)
        if (text[at - 1] == '\n' && ++lines > count) break;
    return text.substr(at);
}

WorkerProcess::WorkerProcess(const Options& options)
    : outputFile_(options.outputFile), process_([&] {
          const auto output = openOutput();
          auto [ourCommands, itsCommands] = socketPair();
          auto [ourEvents, itsEvents] = socketPair();
          ProcessOptions process;
          process.outputTo = process.errorTo = output.get();
          process.keepOpen = {itsCommands.get(), itsEvents.get()};
          process.ownGroup = true;
          std::vector<std::string> words{options.program.string(),
                                         "--worker",
                                         "--template",
                                         options.templateFolder.string(),
                                         "--scenario",
                                         options.scenario,
                                         "--events-fd",
                                         std::to_string(itsEvents.get()),
                                         "--commands-fd",
                                         std::to_string(itsCommands.get()),
                                         "--gtest_color=no"};
          if (!options.attachments.empty()) words.insert(words.end(), {"--attachments", options.attachments.string()});
          words.insert(words.end(), options.more.begin(), options.more.end());
          auto started = Process::start(words, process);
          commands_ = std::move(ourCommands);
          events_ = std::move(ourEvents);
          return started;
      }()) {}

FileDescriptor WorkerProcess::openOutput() {
    FileDescriptor output(::open(outputFile_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output) throw SystemError("cannot open '" + outputFile_.string() + "'", errno);
    outputBegin_ = static_cast<std::size_t>(files::size(outputFile_));
    return output;
}

void WorkerProcess::handOver(const WorkerCommand& next) {
    outputFile_ = next.output;
    openOutput();
    send(next);
}

void WorkerProcess::send(const WorkerCommand& command) {
    const auto line = command.line();
    std::string_view rest = line;
    while (!rest.empty()) {
        const auto sent = ::send(commands_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::vector<ScenarioEvent> WorkerProcess::read() {
    std::array<char, 65536> buffer{};
    const auto got = ::recv(events_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (got <= 0) {
        events_.reset();
        return {};
    }
    lastEvent_ = Clock::now();
    return stream_.feed({buffer.data(), static_cast<std::size_t>(got)});
}

std::string WorkerProcess::lastLines() const { return lastLinesOf(outputFile_, outputBegin_, shownLines); }

std::string WorkerProcess::describeEnd() {
    std::string how;
    try {
        how = process_.wait(Deadline::in(std::chrono::seconds(10))).describe();
    } catch (const TimeoutError&) {
        process_.signal(SIGKILL);
        how = "told no more, lived on, and was killed";
    }
    return fmt::format("the scenarios program {}\n{}", how, lastLines());
}

}  // namespace boxtest
