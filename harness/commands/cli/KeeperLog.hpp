#pragma once

#include <filesystem>
#include <ostream>

#include "base/Log.hpp"
#include "cli/ProgressLog.hpp"
#include "keeper/ProgressChannel.hpp"

namespace boxtest {

/// The keeper's log: plain lines go to its file, and everything goes to the `up` command that waits.
class KeeperLog final : public Log {
   public:
    /// Both must outlive the object.
    KeeperLog(std::ostream& file, ProgressSender& progress) : file_(file, 0), progress_(progress) {}

    void line(std::string_view text) override {
        file_.line(text);
        progress_.line(text);
    }
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override {
        file_.waiting(what, sofar);
        progress_.waiting(what, sofar);
    }

    static std::filesystem::path fileIn(const std::filesystem::path& runtimeFolder) { return runtimeFolder / "keeper.log"; }

   private:
    ProgressLog file_;
    ProgressSender& progress_;
};

}  // namespace boxtest
