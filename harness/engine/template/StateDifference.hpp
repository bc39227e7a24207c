#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// A machine's state as QEMU writes it (its migration stream, with all of RAM in it) without the pages that the RAM file from
/// which the machine was forked has anyway. QEMU loads it into a fork of that file, as it loads any: pages that are not in a
/// stream stay as they are.
///
/// The stream must be that of a machine whose CPUs were stopped before it began (saveState() does): only then does the RAM that
/// is in it belong to one moment. A page may be in it more than once (QEMU may have found it dirty again); then the last record
/// counts, so that nothing of a page is left out once a record of it is in the difference.
class StateDifference {
   public:
    /// Whether this QEMU's streams were tried, so that what is read here means what it means there. Of any other's keep the
    /// whole.
    static bool isTriedWith(std::string_view qemuVersion);

    /// `ram`: the RAM file's bytes; `block`: the id of the memory backend that they are of. All must outlive the object.
    /// nullopt for an unknown format: keep the full state.
    static std::optional<StateDifference> of(std::string_view stream, std::string_view ram, std::string_view block);

    /// Its parts point into itself: moved it may be, for the texts stay where they are then, but not copied.
    StateDifference(const StateDifference&) = delete;
    StateDifference& operator=(const StateDifference&) = delete;
    StateDifference(StateDifference&&) noexcept = default;
    StateDifference& operator=(StateDifference&&) noexcept = default;
    ~StateDifference() = default;

    /// What the shorter stream is made of, in this order.
    const std::vector<std::string_view>& parts() const { return parts_; }

   private:
    friend class StateReader;
    StateDifference() = default;
    std::vector<std::string_view> parts_;
    std::deque<std::string> made_;  ///< Parts that do not stand in the stream; a deque does not move its elements.
};

}  // namespace boxtest
