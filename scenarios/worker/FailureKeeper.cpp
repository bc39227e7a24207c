#include "FailureKeeper.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <exception>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "report/RunAgain.hpp"

namespace boxtest {

namespace {

/// For writing RAM, devices and disk to a slow disk.
constexpr auto keepBudget = std::chrono::minutes(3);
constexpr auto answerBudget = std::chrono::minutes(1);
constexpr auto pauseBudget = std::chrono::seconds(30);

}  // namespace

void FailureKeeper::OnTestPartResult(const testing::TestPartResult& part) {
    if (!part.failed()) return;
    if (!handled_) {
        handled_ = true;
        const auto begun = std::chrono::steady_clock::now();
        handle();
        machines_.stop();
        events_.endFailures();
        events_.discount(std::chrono::steady_clock::now() - begun);
    }
    if (endsBody(part)) throw testing::AssertionException(part);
}

bool FailureKeeper::endsBody(const testing::TestPartResult& part) const {
    // Without a source location, it is an exception that GoogleTest has caught: the body has ended. While another exception
    // unwinds the body, or in another thread, throwing would end the program.
    return part.file_name() && std::uncaught_exceptions() == 0 && std::this_thread::get_id() == thread_;
}

void FailureKeeper::handle() {
    try {
        if (auto trouble = machines_.trouble()) return events_.machineFailed(*trouble);
        machines_.machine().pause(Deadline::in(pauseBudget));
        events_.failing();
        if (const auto command = commands_.next(Deadline::in(answerBudget))) obey(*command);
        tellWhatRanBefore();
    } catch (const std::exception& error) {
        events_.addToFailure(std::string("(its machine could not be kept: ") + error.what() + ")");
    }
}

void FailureKeeper::tellWhatRanBefore() {
    if (before_.empty()) return;
    events_.addToFailure(
        fmt::format("on this machine {} had run before, which declare{} to leave it as it was: {}; on a new one: boxtest run {}",
                    before_.size() == 1 ? "one scenario" : fmt::format("{} scenarios", before_.size()),
                    before_.size() == 1 ? "s" : "", fmt::join(before_, ", "), events_.scenario()));
}

void FailureKeeper::obey(const WorkerCommand& command) {
    using Kind = WorkerCommand::Kind;
    switch (command.kind) {
        case Kind::keep: return keep(command.folder);
        case Kind::discard:
            if (!command.reason.empty()) events_.addToFailure("(its machine was not kept: " + command.reason + ")");
            return;
        case Kind::pause:
            machines_.machine().run(Deadline::in(pauseBudget));
            events_.paused(machines_.machine().info().toJson().dump());
            // Wait for "go", or until the sender closes the connection.
            commands_.next(Deadline::never(), &machines_.machine().failure());
            return;
        default: throw TransportError("boxtest run gave no answer to a failure");
    }
}

void FailureKeeper::keep(const std::filesystem::path& folder) {
    files::makeFolders(folder.parent_path());
    machines_.machine().keep(folder, Deadline::in(keepBudget));
    kept_ = folder;
    events_.kept(folder);
    events_.addToFailure("its machine, as it was then: " + resumeAgain(events_.scenario()));
}

}  // namespace boxtest
