#include "LookAround.hpp"

#include <chrono>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "worker/WorkerProcess.hpp"

namespace boxtest {

namespace {

constexpr std::size_t linesAround = 60;
/// A journal that cannot be read in this time is left out: the machine must be kept in its current state.
constexpr auto journalBudget = std::chrono::seconds(20);
constexpr std::size_t longestJournal = std::size_t{64} << 10;

}  // namespace

EventWriter::Surroundings lookAround(RunningGuest& guest, const std::filesystem::path& console) {
    EventWriter::Surroundings around;
    // First the console log on the host, which is available even if the guest does not respond.
    if (files::isFile(console)) around.console = lastLinesOf(console, 0, linesAround);
    try {
        around.journal = guest.journalNow(linesAround, Deadline::in(journalBudget));
    } catch (const Error&) {
        // The machine does not respond any more: the recorded requests show that.
    }
    if (around.journal.size() > longestJournal) around.journal.erase(0, around.journal.size() - longestJournal);
    return around;
}

}  // namespace boxtest
