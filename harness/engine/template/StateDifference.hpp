#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// A machine's state as QEMU writes it (its migration stream, with all RAM in it), without the pages that the RAM file from which
/// the machine was forked contains already. QEMU loads it into a fork of that file like any stream: pages that are not in a
/// stream stay as they are.
///
/// The stream must be from a machine whose CPUs were stopped before it began (saveState() does that): only then does the RAM in
/// it belong to one moment. A stream may contain a page more than once (QEMU may have found it dirty again); then the last record
/// counts. So once one record of a page is in the difference, no later record of that page is left out.
class StateDifference {
   public:
    /// True if this code was tested with streams of this QEMU version. For any other version keep the full state.
    static bool isTriedWith(std::string_view qemuVersion);

    /// `ram`: the bytes of the RAM file; `block`: the id of its memory backend. All must outlive the object. nullopt for an
    /// unknown format: keep the full state.
    static std::optional<StateDifference> of(std::string_view stream, std::string_view ram, std::string_view block);

    /// Not copyable: parts_ points into made_. A move keeps the texts at their place.
    StateDifference(const StateDifference&) = delete;
    StateDifference& operator=(const StateDifference&) = delete;
    StateDifference(StateDifference&&) noexcept = default;
    StateDifference& operator=(StateDifference&&) noexcept = default;
    ~StateDifference() = default;

    /// The parts of the shorter stream, in order.
    const std::vector<std::string_view>& parts() const { return parts_; }

   private:
    friend class StateReader;
    StateDifference() = default;
    std::vector<std::string_view> parts_;
    std::deque<std::string> made_;  ///< Parts that are not in the stream; a deque does not move its elements.
};

}  // namespace boxtest
