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
class StateDifference {
   public:
    /// `ram`: the RAM file's bytes; `block`: the id of the memory backend that they are of. All must outlive the object.
    /// Nothing when the stream is not understood, as a later QEMU's may be: then only the whole of it is of use.
    static std::optional<StateDifference> of(std::string_view stream, std::string_view ram, std::string_view block);

    /// What the shorter stream is made of, in this order.
    const std::vector<std::string_view>& parts() const { return parts_; }

   private:
    friend class StateReader;
    std::vector<std::string_view> parts_;
    std::deque<std::string> made_;  ///< Parts that do not stand in the stream.
};

}  // namespace boxtest
