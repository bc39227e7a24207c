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

/// What this process asks of machines (commands, statements, requests), the last of it with the answers: for the report of a
/// failure. Off until restart() is called. Safe for several threads at once.
class Transcript {
   public:
    struct Entry {
        double seconds = 0;  ///< Since restart(), which is when a scenario begins.
        std::string who;     ///< "jane", "admin on DATABASE"
        std::string what;    ///< Shortened.
        std::string answer;  ///< Shortened; empty as long as there is none.

        bool operator==(const Entry&) const = default;
    };

    /// The one that sessions, databases and HTTP clients write to.
    static Transcript& ofProcess();

    /// Forgets all, and takes note from now on.
    void restart();

    /// Called with everything that is about to be asked, in full and before it is sent, restart() or not. What it throws goes to
    /// whoever asks, and nothing is sent. An empty function takes it away. It may be called in several threads.
    using Guard = std::function<void(std::string_view kind, std::string_view who, std::string_view what)>;
    void guard(Guard guard);
    /// Takes the guard away as long as the object lives: for what is not a scenario's own.
    class Unguarded {
       public:
        Unguarded();
        Unguarded(const Unguarded&) = delete;
        Unguarded& operator=(const Unguarded&) = delete;
        ~Unguarded();

       private:
        Guard guard_;
    };

    /// Something is asked; the number is for answered(). `kind` is a noun: "command", "statement".
    std::size_t ask(std::string_view kind, std::string_view who, std::string_view what);
    /// What came of it. An entry that was forgotten meanwhile stays so.
    void answered(std::size_t number, std::string_view answer);

    /// The last ones, in their order.
    std::vector<Entry> entries() const;
    /// How many were asked, by kind.
    std::map<std::string, std::size_t> counts() const;

    static constexpr std::size_t keptEntries = 40;
    static constexpr std::size_t longestQuestion = 2000;
    static constexpr std::size_t longestAnswer = 500;

   private:
    mutable std::mutex mutex_;
    Guard guard_;
    bool on_ = false;
    std::chrono::steady_clock::time_point begun_;
    std::size_t next_ = 0;  ///< The number of the next entry; the last of entries_ has one less.
    std::deque<Entry> entries_;
    std::map<std::string, std::size_t> counts_;
};

}  // namespace boxtest
