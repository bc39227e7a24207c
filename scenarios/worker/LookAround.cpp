#include "LookAround.hpp"

#include <chrono>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "worker/WorkerProcess.hpp"

namespace boxtest {

namespace {

constexpr std::size_t linesAround = 60;
/// A journal that is not read by then is left out: the machine shall be kept as it is.
constexpr auto journalBudget = std::chrono::seconds(20);
constexpr std::size_t longestJournal = std::size_t{64} << 10;

}  // namespace

EventWriter::Surroundings lookAround(RunningGuest& guest, const std::filesystem::path& console) {
    EventWriter::Surroundings around;
    // What is on the host, first: it is there whatever has become of the guest.
    if (files::isFile(console)) around.console = lastLinesOf(console, 0, linesAround);
    try {
        around.journal = guest.journalNow(linesAround, Deadline::in(journalBudget));
    } catch (const Error&) {
        // A machine that does not answer any more: what it asked says so.
    }
    if (around.journal.size() > longestJournal) around.journal.erase(0, around.journal.size() - longestJournal);
    return around;
}

}  // namespace boxtest
