#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"

namespace boxtest {

/// One thing in the cache.
struct CacheItem {
    std::string kind = {};   ///< "guest", "template" or "kept"
    std::string state = {};  ///< a template's: "frozen", "ready" (not warm), "building" or "broken"
    std::string after = {};  ///< a template's: the step before it was frozen
    std::string key = {};    ///< a template's key
    std::filesystem::path folder = {};
    std::uintmax_t bytes = 0;
    std::chrono::system_clock::time_point when = {};
    std::string needed = {};  ///< why prune() leaves it; empty: it does not
    bool today = false;       ///< it is, or belongs to, the guest that would be taken now
};

/// What lies in the cache of guests, templates and kept machines, and what of it is needed.
class CacheInventory {
   public:
    static CacheInventory take(const GuestHooks& hooks);

    const std::vector<CacheItem>& items() const { return items_; }

    /// Removes templates and guests that nobody needs: not what is in use, not what a kept machine stands on, not today's guest,
    /// and today's template only when `all` is asked for. Each under its exclusive lease, and looked at again then. Returns what
    /// was removed. Also removes what killed exports and imports left, and plain states of packed machines.
    std::vector<CacheItem> prune(bool all, Log& log) const;

    /// Removes one template unless it is in use, or a kept machine stands on it.
    static void removeUnneeded(const std::filesystem::path& templateFolder, Log& log);

   private:
    static bool remove(const CacheItem& item, Log& log);

    std::vector<CacheItem> items_;
};

}  // namespace boxtest
