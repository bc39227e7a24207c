#include "cli/ProgressLog.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <utility>

#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

constexpr auto betweenPlainLines = std::chrono::seconds(15);
constexpr auto betweenRedraws = std::chrono::milliseconds(100);

}  // namespace

ProgressLog::ProgressLog(std::ostream& out, int columns, Now now)
    : out_(out), columns_(columns), now_(std::move(now)), shown_(now_()) {}

ProgressLog::~ProgressLog() { erase(); }

int ProgressLog::columnsOf(int fd) {
    if (!isCapableTerminal(fd)) return 0;
    winsize size{};
    return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ProgressLog::erase() {
    if (!std::exchange(unfinished_, false)) return;
    out_ << "\r\x1b[K" << std::flush;
}

void ProgressLog::line(std::string_view text) {
    std::lock_guard lock(mutex_);
    erase();
    out_ << text << '\n' << std::flush;
    shown_ = now_();
    shownWait_.clear();
}

void ProgressLog::waiting(std::string_view what, std::chrono::steady_clock::duration sofar) {
    std::lock_guard lock(mutex_);
    const bool terminal = columns_ > 0;
    const auto pause = now_() - shown_;
    if (terminal ? pause < betweenRedraws && shownWait_ == what : pause < betweenPlainLines) return;
    shown_ = now_();
    shownWait_ = what;
    auto text =
        printable(fmt::format("[{:4} s] waiting for {}", std::chrono::duration_cast<std::chrono::seconds>(sofar).count(), what));
    if (!terminal) {
        out_ << text << '\n' << std::flush;
        return;
    }
    // One column less: a full line wraps on some terminals, and then cannot be erased.
    const auto room = static_cast<std::size_t>(columns_ - 1);
    text = text.substr(0, text.find('\n')).substr(0, room);
    erase();
    out_ << text << std::flush;
    unfinished_ = true;
}

}  // namespace boxtest
