#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "Deadlines.hpp"
#include "Paths.hpp"
#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "worker/EventStream.hpp"
#include "worker/WorkerCommand.hpp"

namespace boxtest {

/// Runs the real worker, in a separate process, with test scenarios and fake machines (tests/fake-worker).
class WorkerTest : public testing::Test {
   protected:
    void start(const std::string& scenario, const std::string& behaviour = "", const std::vector<std::string>& more = {}) {
        auto [itsCommands, ourCommands] = makePipe();
        auto [ourEvents, itsEvents] = makePipe();
        ProcessOptions options;
        options.keepOpen = {itsCommands.get(), itsEvents.get()};
        options.output = options.error = Stream::null;
        options.environment = {{"FAKE_WORKER_TRACE", (folder_.path() / "trace").string()}, {"FAKE_WORKER", behaviour}};
        std::vector<std::string> words{paths::fakeWorker,
                                       "--scenario",
                                       scenario,
                                       "--events-fd",
                                       std::to_string(itsEvents.get()),
                                       "--commands-fd",
                                       std::to_string(itsCommands.get()),
                                       "--attachments",
                                       (folder_.path() / "attachments").string()};
        words.insert(words.end(), more.begin(), more.end());
        worker_.emplace(Process::start(words, options));
        stream_ = {};
        ahead_.clear();
        commands_ = std::move(ourCommands);
        events_ = std::move(ourEvents);
    }

    void send(const WorkerCommand& command) {
        const auto line = command.line();
        ASSERT_EQ(::write(commands_.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
    }

    /// Returns the next event, which must be of this kind.
    ScenarioEvent expect(ScenarioEvent::Kind kind) {
        while (ahead_.empty()) {
            waitFor(events_.get(), POLLIN, soon(), "an event");
            std::array<char, 4096> buffer{};
            const auto got = ::read(events_.get(), buffer.data(), buffer.size());
            if (got <= 0) throw TransportError("the worker tells no more");
            ahead_ = stream_.feed({buffer.data(), static_cast<std::size_t>(got)});
        }
        auto event = ahead_.front();
        ahead_.erase(ahead_.begin());
        EXPECT_EQ(event.kind, kind) << event.text << trace();
        return event;
    }

    /// Runs the scenario up to its first failure, for which the worker waits for a command.
    ScenarioEvent untilFailing(const std::string& scenario, const std::string& behaviour = "",
                               const std::vector<std::string>& more = {}) {
        start(scenario, behaviour, more);
        expect(ScenarioEvent::Kind::prepared);
        send({.kind = WorkerCommand::Kind::run});
        expect(ScenarioEvent::Kind::start);
        return expect(ScenarioEvent::Kind::failing);
    }

    /// Expects that the scenario passes, and that its worker ends with status 0.
    void passes(const std::string& scenario, const std::string& behaviour = "", const std::vector<std::string>& more = {}) {
        start(scenario, behaviour, more);
        expect(ScenarioEvent::Kind::prepared);
        send({.kind = WorkerCommand::Kind::run});
        expect(ScenarioEvent::Kind::start);
        EXPECT_EQ(expect(ScenarioEvent::Kind::end).result.verdict, Verdict::passed);
        EXPECT_EQ(exitCode(), 0);
    }

    int exitCode() { return worker_->wait(soon()).code.value_or(-1); }

    std::string trace() const {
        std::ostringstream text;
        text << std::ifstream(folder_.path() / "trace").rdbuf();
        return text.str();
    }

    TemporaryFolder folder_{"worker"};
    std::optional<Process> worker_;
    FileDescriptor commands_, events_;

   private:
    static std::pair<FileDescriptor, FileDescriptor> makePipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
    }
    EventStream stream_;
    std::vector<ScenarioEvent> ahead_;
};

}  // namespace boxtest
