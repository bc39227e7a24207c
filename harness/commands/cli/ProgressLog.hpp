#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

#include "base/Log.hpp"

namespace boxtest {

/// Shows progress to the user. On a terminal a wait is one line that is redrawn; elsewhere (a CI log) it is a plain line after
/// each ten seconds without another one, and at least one a minute. Thread-safe.
class ProgressLog final : public Log {
   public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    /// `columns`: width of the terminal; 0 for no terminal.
    ProgressLog(std::ostream& out, int columns, Now now = std::chrono::steady_clock::now);
    ProgressLog(const ProgressLog&) = delete;
    ProgressLog& operator=(const ProgressLog&) = delete;
    /// Erases an unfinished line.
    ~ProgressLog() override;

    /// Width of the terminal that `fd` refers to; 0 if it is not a terminal on which a line can be redrawn.
    static int columnsOf(int fd);

    void line(std::string_view text) override;
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override;

   private:
    void erase();

    std::ostream& out_;
    int columns_;
    Now now_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point shown_;      ///< When the last line was written, whatever it was.
    std::chrono::steady_clock::time_point waitShown_;  ///< When the last wait was written.
    std::string shownWait_;
    bool unfinished_ = false;
};

}  // namespace boxtest
