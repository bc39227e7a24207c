#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "store/Lease.hpp"

namespace boxtest {

/// The folder of templates: <key>/ is a frozen one, .building.<key>/ one that is being made, <key>.lock is the
/// lock of both (store/Lease.hpp).
class TemplateStore {
   public:
    /// Made when it is missing, 0700. Throws SystemError.
    explicit TemplateStore(std::filesystem::path folder);

    std::filesystem::path pathOf(const std::string& key) const { return folder_ / key; }
    std::filesystem::path buildingOf(const std::string& key) const { return folder_ / (".building." + key); }

    /// Throws TimeoutError, GuestError (the latch), SystemError.
    Lease lockShared(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const;
    /// Nothing as soon as `made`: somebody else was faster, and uses it, maybe for long.
    std::optional<Lease> lockToMake(const std::string& key, const std::function<bool()>& made, Log& log,
                                    const FailureLatch& failure, Deadline deadline) const;
    /// Nothing when somebody uses or makes it.
    std::optional<Lease> tryLockExclusive(const std::string& key) const;
    /// Nothing when somebody makes or removes it.
    std::optional<Lease> tryLockShared(const std::string& key) const;

    /// Keys of all templates, whole or not, finished or not, in no order. Empty when there is no store.
    static std::vector<std::string> keys(const std::filesystem::path& folder);

   private:
    std::filesystem::path folder_;
};

}  // namespace boxtest
