#pragma once

#include <string>

#include "reach/RunningGuest.hpp"

namespace boxtest {

/// Addresses of two machines on the segment that they share: TEST-NET-2 and a unique local prefix, nobody else's.
struct SegmentPlace {
    std::string ipv4;
    std::string ipv6;
    std::string mac;  ///< Locally administered; copies of one machine would have the same one.
};

inline const SegmentPlace boxPlace{"198.51.100.1", "fd00:b0c5::1", "06:00:00:00:00:01"};
inline const SegmentPlace neighbourPlace{"198.51.100.2", "fd00:b0c5::2", "06:00:00:00:00:02"};

/// Gives the machine's second network card, which has no address yet, this place. Throws GuestError.
void joinSegment(RunningGuest& guest, const SegmentPlace& place);

}  // namespace boxtest
