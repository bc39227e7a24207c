#include "cli/ProgressLog.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <utility>

#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

/// Callers report a wait about once a second: so nothing is silent for longer than 15 s, also on a busy host.
constexpr auto longestSilence = std::chrono::seconds(10);
/// While results flow, the wait is shown now and then all the same: it says how much is done, and how long the rest takes.
constexpr auto betweenWaits = std::chrono::minutes(1);
constexpr auto betweenRedraws = std::chrono::milliseconds(100);

/// Cuts a line that is too long, before its last words: those may be an estimate.
std::string cutTo(std::size_t room, std::string text) {
    constexpr std::string_view cut = "...", lastWords = "about 25 s left";
    constexpr std::size_t roomForBothEnds = 60;
    if (text.size() <= room) return text;
    if (room < roomForBothEnds) return text.substr(0, room);
    return text.substr(0, room - cut.size() - lastWords.size()) + std::string(cut) + text.substr(text.size() - lastWords.size());
}

}  // namespace

ProgressLog::ProgressLog(std::ostream& out, int columns, Now now)
    : out_(out), columns_(columns), now_(std::move(now)), shown_(now_()), waitShown_(shown_) {}

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
    const auto now = now_();
    const bool due = terminal ? now - shown_ >= betweenRedraws || shownWait_ != what
                              : now - shown_ >= longestSilence || now - waitShown_ >= betweenWaits;
    if (!due) return;
    shown_ = waitShown_ = now;
    shownWait_ = what;
    auto text =
        printable(fmt::format("[{:4} s] waiting for {}", std::chrono::duration_cast<std::chrono::seconds>(sofar).count(), what));
    if (!terminal) {
        out_ << text << '\n' << std::flush;
        return;
    }
    // One column less: a full line wraps on some terminals, and then cannot be erased.
    const auto room = static_cast<std::size_t>(columns_ - 1);
    text = cutTo(room, text.substr(0, text.find('\n')));
    erase();
    out_ << text << std::flush;
    unfinished_ = true;
}

}  // namespace boxtest
