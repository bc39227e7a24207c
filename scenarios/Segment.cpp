#include "Segment.hpp"

#include <fmt/format.h>

namespace boxtest {

void joinSegment(RunningGuest& guest, const SegmentPlace& place) {
    guest.factsAsRoot(fmt::format(R"sh(
set -e
card=
for device in /sys/class/net/*/device; do
  name=${{device%/device}} name=${{name##*/}}
  test -z "$(ip -4 -o addr show dev "$name")" || continue
  test -z "$card" || {{ echo "both $card and $name have no address" >&2; exit 1; }}
  card=$name
done
test -n "$card" || {{ echo "there is no second network card" >&2; exit 1; }}
ip link set dev "$card" down
ip link set dev "$card" address {}
ip addr add {}/24 dev "$card"
ip link set dev "$card" up
ip addr add {}/64 dev "$card" nodad)sh",
                                  place.mac, place.ipv4, place.ipv6));
}

}  // namespace boxtest
