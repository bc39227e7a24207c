#include "vm/QemuProcess.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace {

constexpr std::size_t keptWords = 4096;
constexpr auto patienceAfterKill = std::chrono::seconds(30);
constexpr std::size_t largestQemuLog = std::size_t{16} << 20;

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \r\n\t");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \r\n\t") - begin + 1);
}

}  // namespace

QemuProcess::QemuProcess(QemuProcessOptions options, FailureLatch& failure)
    : options_(std::move(options)),
      failure_(failure),
      errorLog_(::open(options_.errorLog.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    if (!errorLog_) throw SystemError("cannot write QEMU's log '" + options_.errorLog.string() + "'", errno);
    std::promise<void> started;
    auto whenStarted = started.get_future();
    thread_ = BackgroundThread([this, &started] {
        try {
            start();
        } catch (...) {
            started.set_exception(std::current_exception());
            return;
        }
        started.set_value();
        watch();
    });
    try {
        whenStarted.get();
    } catch (...) {
        // The promise must outlive the thread's use of it.
        thread_.join();
        throw;
    }
}

QemuProcess::~QemuProcess() {
    expectEnd();
    if (!waitForEnd(Deadline::in({})) && !givenUp_.isSet()) terminate(std::chrono::seconds(1));
    thread_.join();
}

void QemuProcess::start() {
    ProcessOptions how{.output = Stream::pipe, .error = Stream::pipe};
    how.keepOpen = options_.keepOpen;
    how.dieWithParent = true;
    // Ctrl-C on the terminal reaches only the harness, which then stops QEMU.
    how.ownGroup = true;
    process_ = std::make_unique<Process>(Process::start(options_.argv, how));
    ::fcntl(process_->error().get(), F_SETFL, O_NONBLOCK);
    console_ = std::make_unique<Console>(std::move(process_->output()), options_.consoleLog, failure_, options_.phase);
}

void QemuProcess::watch() {
    try {
        for (bool ended = false; !ended;) {
            std::array<pollfd, 3> watched{
                {{process_->pidfd(), POLLIN, 0}, {process_->error().get(), POLLIN, 0}, {givenUp_.fd(), POLLIN, 0}}};
            poll(watched, Deadline::never());
            if (watched[2].revents != 0) return process_->giveUp();
            ended = watched[0].revents != 0;
            takeErrors();
        }
        const auto status = process_->wait(Deadline::never());
        // The reason on the console (a panic) must be declared on the latch first.
        console_->waitForEnd(Deadline::in(std::chrono::seconds(2)));
        if (!endExpected_) {
            const auto words = lastWords();
            const auto text = "QEMU " + status.describe() + (words.empty() ? " without a word" : "; its last words: " + words);
            // QEMU ends like this when its guest does.
            failure_.declare(status.succeeded() && words.empty() ? "the guest powered off or rebooted by itself (" + text + ")"
                                                                 : text);
        }
    } catch (const std::exception& failed) {
        failure_.declare(std::string("cannot watch QEMU: ") + failed.what());
    }
    ended_.set();
}

void QemuProcess::takeErrors() {
    std::array<char, 16384> bytes;
    auto& from = process_->error();
    while (from) {
        const auto got = ::read(from.get(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            from.reset();
            return;
        }
        const auto size = static_cast<std::size_t>(got);
        if (logged_ < largestQemuLog && ::write(errorLog_.get(), bytes.data(), size) >= 0) logged_ += size;
        std::lock_guard lock(mutex_);
        lastWords_.append(bytes.data(), size);
        judgeErrors();
        if (lastWords_.size() > keptWords) lastWords_.erase(0, lastWords_.size() - keptWords);
    }
}

void QemuProcess::judgeErrors() {
    // After such a message QEMU stops the guest and keeps running: "KVM internal error. Suberror: 1", "KVM: entry failed,
    // hardware error 0x80000021".
    for (const char* sign : {"KVM internal error", "KVM: entry failed"}) {
        const auto at = lastWords_.find(sign);
        if (at == std::string::npos || lastWords_.find('\n', at) == std::string::npos || endExpected_) continue;
        failure_.declare("KVM stopped the guest: " + trimmed(lastWords_.substr(at, lastWords_.find('\n', at) - at)),
                         " (all of it: " + options_.errorLog.string() + ")");
    }
}

bool QemuProcess::waitForEnd(Deadline deadline) const {
    pollfd end{ended_.fd(), POLLIN, 0};
    return poll({&end, 1}, deadline);
}

bool QemuProcess::terminate(std::chrono::milliseconds grace) {
    process_->signal(SIGTERM);
    if (waitForEnd(Deadline::in(grace))) return true;
    process_->signal(SIGKILL);
    if (!waitForEnd(Deadline::in(patienceAfterKill))) givenUp_.set();
    return false;
}

std::string QemuProcess::lastWords() const {
    std::lock_guard lock(mutex_);
    return trimmed(lastWords_);
}

}  // namespace boxtest
