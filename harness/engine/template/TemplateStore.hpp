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

/// The folder of templates: <key>/ is a frozen template, .building.<key>/ one that is being built, <key>.lock is the lock of both
/// (store/Lease.hpp).
class TemplateStore {
   public:
    /// Creates the folder when it is missing, 0700. Throws SystemError.
    explicit TemplateStore(std::filesystem::path folder);

    std::filesystem::path pathOf(const std::string& key) const { return folder_ / key; }
    std::filesystem::path buildingOf(const std::string& key) const { return folder_ / (".building." + key); }

    /// Throws TimeoutError, GuestError (the latch), SystemError.
    Lease lockShared(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const;
    /// An exclusive lease for the build. nullopt once `made` returns true: another process was faster, and may use the template
    /// for a long time.
    std::optional<Lease> lockToMake(const std::string& key, const std::function<bool()>& made, Log& log,
                                    const FailureLatch& failure, Deadline deadline) const;
    /// nullopt when another process uses or builds the template.
    std::optional<Lease> tryLockExclusive(const std::string& key) const;
    /// nullopt when another process builds or removes the template.
    std::optional<Lease> tryLockShared(const std::string& key) const;

    /// Keys of all templates, including damaged and unfinished ones, in unspecified order. Empty when there is no store.
    static std::vector<std::string> keys(const std::filesystem::path& folder);

   private:
    std::filesystem::path folder_;
};

}  // namespace boxtest
