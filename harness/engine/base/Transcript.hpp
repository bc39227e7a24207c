#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Records the requests of this process to machines (commands, statements, HTTP requests), and keeps the last ones with their
/// answers for the report of a failure. Off until restart() is called. Thread-safe.
class Transcript {
   public:
    struct Entry {
        double seconds = 0;  ///< Since restart(), which is when a scenario begins.
        std::string who;     ///< "jane", "admin on DATABASE"
        std::string what;    ///< Shortened.
        std::string answer;  ///< Shortened; empty as long as there is none.

        bool operator==(const Entry&) const = default;
    };

    /// The instance to which sessions, databases and HTTP clients write.
    static Transcript& ofProcess();

    /// Discards all entries and counts, and starts recording.
    void restart();

    /// Called with every request, in full and before it is sent, even if restart() was never called. An exception of the guard is
    /// passed to the sender, and the request is not sent. An empty function removes the guard. Several threads may call the guard
    /// at the same time.
    using Guard = std::function<void(std::string_view kind, std::string_view who, std::string_view what)>;
    void guard(Guard guard);
    /// Removes the guard during the lifetime of the object: for requests that do not belong to a scenario.
    class Unguarded {
       public:
        Unguarded();
        Unguarded(const Unguarded&) = delete;
        Unguarded& operator=(const Unguarded&) = delete;
        ~Unguarded();

       private:
        Guard guard_;
    };

    /// Calls the guard and records a request. Returns its number, for answered(). `kind` is a noun: "command", "statement".
    std::size_t ask(std::string_view kind, std::string_view who, std::string_view what);
    /// Records the answer to a request. Does nothing when the entry was discarded meanwhile.
    void answered(std::size_t number, std::string_view answer);

    /// The last entries, oldest first.
    std::vector<Entry> entries() const;
    /// Number of requests, by kind.
    std::map<std::string, std::size_t> counts() const;

    static constexpr std::size_t keptEntries = 40;
    static constexpr std::size_t longestQuestion = 2000;
    static constexpr std::size_t longestAnswer = 500;

   private:
    mutable std::mutex mutex_;
    Guard guard_;
    bool on_ = false;
    std::chrono::steady_clock::time_point begun_;
    std::size_t next_ = 0;  ///< Number of the next entry; the last of entries_ has one less.
    std::deque<Entry> entries_;
    std::map<std::string, std::size_t> counts_;
};

}  // namespace boxtest
