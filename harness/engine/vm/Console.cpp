#include "vm/Console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace {

constexpr std::size_t longestLine = 8192;
/// The end of a split line that is repeated in the next part, in bytes, so that a sign of trouble across the split is found.
constexpr std::size_t overlap = 128;
constexpr std::size_t keptLines = 400;
constexpr std::size_t largestLog = std::size_t{64} << 20;
constexpr std::size_t linesBefore = 12;
constexpr std::size_t linesAfter = 25;
/// How long to wait for the lines after a sign of trouble (a call trace) before it is declared without them.
constexpr auto patience = std::chrono::milliseconds(500);

}  // namespace

Console::Console(FileDescriptor serial, std::filesystem::path log, FailureLatch& failure, GuestPhase phase)
    : serial_(std::move(serial)),
      log_(std::move(log)),
      logDescriptor_(::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)),
      failure_(failure),
      phase_(phase) {
    if (!logDescriptor_) throw SystemError("cannot write the console's log '" + log_.string() + "'", errno);
    ::fcntl(serial_.get(), F_SETFL, O_NONBLOCK);
    thread_ = BackgroundThread([this] { read(); });
}

Console::~Console() {
    stop_.set();
    thread_.join();
}

void Console::read() {
    try {
        std::vector<char> bytes(65536);
        auto declareBy = Deadline::never();
        bool seen = false;
        bool declared = false;
        for (;;) {
            std::array<pollfd, 2> watched{{{serial_.get(), POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
            const bool inTime = poll(watched, declareBy);
            if (watched[1].revents != 0) break;
            if (inTime) {
                const auto got = ::read(serial_.get(), bytes.data(), bytes.size());
                if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) break;
                if (got > 0) take({bytes.data(), static_cast<std::size_t>(got)});
            }
            if (trouble_ && !seen) {
                seen = true;
                declareBy = Deadline::in(patience);
            }
            if (seen && !declared && (declareBy.expired() || linesSinceTrouble_ >= linesAfter)) {
                declared = true;
                declareBy = Deadline::never();
                declare();
            }
        }
        if (trouble_) declare();
    } catch (const std::exception& failed) {
        failure_.declare(std::string("cannot read the guest's console: ") + failed.what());
    }
    ended_.set();
}

void Console::take(std::string_view bytes) {
    const auto plain = text_.clean(bytes);
    write(plain);
    std::lock_guard lock(mutex_);
    std::string_view rest = plain;
    while (!rest.empty()) {
        const auto length = std::min({rest.find('\n'), rest.size(), longestLine - unfinished_.size()});
        unfinished_ += rest.substr(0, length);
        rest.remove_prefix(length);
        if (unfinished_.size() >= longestLine) {
            auto next = unfinished_.substr(unfinished_.size() - overlap);
            finishLine();
            unfinished_ = std::move(next);
        }
        if (rest.starts_with('\n')) {
            rest.remove_prefix(1);
            finishLine();
        }
    }
    // A prompt has no newline.
    if (!unfinished_.empty()) judge(unfinished_);
}

void Console::finishLine() {
    judge(unfinished_);
    if (trouble_) ++linesSinceTrouble_;
    lines_.push_back(std::move(unfinished_));
    unfinished_.clear();
    if (lines_.size() > keptLines) lines_.pop_front();
}

void Console::judge(const std::string& line) {
    if (isKernelStart(line)) {
        kernelStarted_.set();
        phase_ = GuestPhase::booting;
    }
    if (!trouble_) trouble_ = consoleTrouble(line, phase_);
    if (isBootsEnd(line)) phase_ = GuestPhase::running;
}

void Console::bootIsOver() {
    const std::lock_guard lock(mutex_);
    phase_ = GuestPhase::running;
}

void Console::declare() {
    failure_.declare(trouble_.value_or("trouble"),
                     " (all of it: " + log_.string() + "):\n" + tail(linesBefore + linesSinceTrouble_));
}

void Console::write(std::string_view text) {
    if (written_ > largestLog || writeFailed_) return;
    written_ += text.size();
    std::string all(text);
    if (written_ > largestLog) all += "\n[boxtest: the log ends here, the console goes on]\n";
    for (std::size_t done = 0; done < all.size();) {
        const auto wrote = ::write(logDescriptor_.get(), all.data() + done, all.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            std::fprintf(stderr, "boxtest: cannot write '%s': %s\n", log_.c_str(), SystemError("", errno).what());
            writeFailed_ = true;
            return;
        }
        done += static_cast<std::size_t>(wrote);
    }
}

std::string Console::tail(std::size_t lines) const {
    std::lock_guard lock(mutex_);
    std::string text;
    for (std::size_t i = lines < lines_.size() ? lines_.size() - lines : 0; i < lines_.size(); ++i) text += lines_[i] + "\n";
    return text + unfinished_;
}

void Console::waitForKernel(Deadline deadline) const {
    waitFor(kernelStarted_.fd(), POLLIN, deadline, "the first console line of the guest's kernel", &failure_);
}

bool Console::waitForEnd(Deadline deadline) const {
    pollfd end{ended_.fd(), POLLIN, 0};
    return poll({&end, 1}, deadline);
}

}  // namespace boxtest
