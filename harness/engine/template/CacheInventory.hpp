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
    std::string state = {};  ///< of a template: "frozen", "ready" (not warm), "building" or "broken"
    std::string after = {};  ///< of a template: the step carried out before it was frozen
    std::string key = {};    ///< key of a template
    std::filesystem::path folder = {};
    std::uintmax_t bytes = 0;
    std::chrono::system_clock::time_point when = {};
    std::string needed = {};  ///< why prune() keeps it; empty: prune() may remove it
    bool today = false;       ///< it is, or belongs to, the guest that findGuest() returns now
};

/// The guests, templates and kept machines in the cache, and which of them are needed.
class CacheInventory {
   public:
    static CacheInventory take(const GuestHooks& hooks);

    const std::vector<CacheItem>& items() const { return items_; }

    /// Removes templates and guests that are not needed. Keeps what is in use, what a kept machine depends on, and the current
    /// guest; removes the current template only when `all` is true. Removes each under its exclusive lease, after a new check.
    /// Returns the removed items. Also removes leftovers of killed exports and imports, and plain states of packed machines.
    std::vector<CacheItem> prune(bool all, Log& log) const;

    /// Removes one template unless it is in use, or a kept machine depends on it.
    static void removeUnneeded(const std::filesystem::path& templateFolder, Log& log);

   private:
    static bool remove(const CacheItem& item, Log& log);

    std::vector<CacheItem> items_;
};

}  // namespace boxtest
