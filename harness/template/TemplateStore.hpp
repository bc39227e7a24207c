#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// The folder of templates: <key>/ is a frozen one, .building.<key>/ one that is being made, <key>.lock says who uses or makes
/// it (flock: shared by users, exclusive for makers and removers; it goes with its process, however that ends).
class TemplateStore {
   public:
    /// Made when it is missing, 0700. Throws SystemError.
    explicit TemplateStore(std::filesystem::path folder);

    std::filesystem::path pathOf(const std::string& key) const { return folder_ / key; }
    std::filesystem::path buildingOf(const std::string& key) const { return folder_ / (".building." + key); }

    /// Held until the descriptor is closed. Throws TimeoutError, GuestError (the latch).
    FileDescriptor lockShared(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const;
    FileDescriptor lockExclusive(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const;
    /// Nothing when somebody uses or makes it.
    std::optional<FileDescriptor> tryLockExclusive(const std::string& key) const;
    /// Nothing when somebody makes or removes it.
    std::optional<FileDescriptor> tryLockShared(const std::string& key) const;

    /// Keys of all templates, whole or not, finished or not, in no order. Empty when there is no store.
    static std::vector<std::string> keys(const std::filesystem::path& folder);

    /// What a template takes on the disk, bytes.
    static std::uintmax_t sizeOf(const std::filesystem::path& folder);

   private:
    FileDescriptor open(const std::string& key) const;
    std::optional<FileDescriptor> tryLock(const std::string& key, int kind) const;
    FileDescriptor lock(const std::string& key, int kind, Log& log, const FailureLatch& failure, Deadline deadline) const;

    std::filesystem::path folder_;
};

}  // namespace boxtest
