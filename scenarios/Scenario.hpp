#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "RunningGuest.hpp"
#include "db/Sqlstate.hpp"
#include "report/Attachments.hpp"

namespace boxtest {

/// What every scenario has: a guest that runs. On a fork it has it for itself, and may ask for a neighbour; else all scenarios
/// of a run share it, so that one that writes takes it back.
class Scenario : public testing::Test {
   public:
    using Neighbour = std::function<RunningGuest&()>;

    /// Before the tests run. The guest, and what the functions refer to, must outlive them.
    static void use(RunningGuest& guest, Neighbour neighbour = {}, std::function<void()> reboot = {}) {
        guest_ = &guest;
        neighbour_ = std::move(neighbour);
        reboot_ = std::move(reboot);
    }
    /// Where what scenarios attach is put; before the tests run. Without it they are dropped.
    static void attachTo(const std::filesystem::path& folder) { attachments_.emplace(folder); }

   protected:
    static RunningGuest& guest() { return *guest_; }
    /// A second pristine machine, made when first asked for, with its second network card on one segment with the first's. The
    /// claim of such a scenario has the trait "twoMachines", so that it is not run where there are no forks. GuestError there.
    static RunningGuest& neighbour();
    /// Restarts the machine, as its admin would, and returns when it is ready again: sessions are new ones then. The claim of
    /// such a scenario has the trait "ownMachine", so that it is not run where others share the machine. GuestError there.
    static void reboot();
    /// True when nobody else will meet what this scenario changes.
    static bool hasOwnMachine() { return static_cast<bool>(neighbour_); }
    static const Manifest& manifest() { return guest_->manifest(); }
    static const Manifest::Names& names() { return guest_->names(); }

    /// Gives the report a file, text or not (a matrix, a screenshot): attachments/SUITE.NAME/`name` in the run's folder.
    /// Throws as Attachments::add().
    static void attach(const std::string& name, std::string_view content);
    /// The same of data, from which the report draws a picture.
    static void attachJson(const std::string& name, const nlohmann::json& data);
    /// Keeps a short value in the report, where it stands under the claim: record("exposure postgresql.service", "0.4").
    static void record(const std::string& key, const std::string& value);
    /// This scenario shows a known gap of what the documentation says, and the sentence tells it. When its checks hold, the gap
    /// is there, exactly as described: the verdict is "known gap" instead of "passed". When one does not, it has failed as any.
    static void knownGap(const std::string& sentence);

    /// Whether PostgreSQL is the manifest's, and answers on its socket. A refusal proves nothing while it does not.
    static testing::AssertionResult postgresqlLives();

    /// Whether nobody but root can change these files or folders, or put others in their place: they, and every folder on the way
    /// to them, belong to root, who alone may write there. A folder with the sticky bit may be everybody's as long as what
    /// follows it is there. Links are followed; what is not there yet counts by the folders that are.
    static testing::AssertionResult rootsAlone(const std::vector<std::string>& paths);

    /// Whether the refusal is exactly this one. Anything else, success included, is a failure with the server's words.
    static testing::AssertionResult refusedWith(const std::string& sqlstate, const Outcome& outcome);
    static testing::AssertionResult refusedWith(const std::string& sqlstate, const ConnectOutcome& outcome);
    static testing::AssertionResult worked(const Outcome& outcome);

    /// The one value of the one row that a query must give.
    static std::string single(Database& database, const std::string& sql);
    /// The first column.
    static std::vector<std::string> column(Database& database, const std::string& sql);

   private:
    /// For a failure's message: the state of PostgreSQL's unit, and the end of its journal.
    static std::string unitState();

    static inline RunningGuest* guest_ = nullptr;
    static inline Neighbour neighbour_;
    static inline std::optional<Attachments> attachments_;
    static inline std::function<void()> reboot_;
};

}  // namespace boxtest
