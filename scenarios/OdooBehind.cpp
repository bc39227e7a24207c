#include "OdooBehind.hpp"

#include <fmt/format.h>

namespace boxtest {

OdooBehind::OdooBehind(RunningGuest& guest)
    : guest_(guest), tunnel_(Tunnel::toTcp(guest.session(guest.names().admin), "127.0.0.1", portOf(guest), LocalTcp{})) {}

std::uint16_t OdooBehind::portOf(RunningGuest& guest) {
    const auto port = guest.factsAsRoot(fmt::format(
        R"sh(set -e
pid=$(systemctl show -P MainPID -- {})
conf=$(tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n '/^-c$/{{n;p;}}')
nsenter -t "$pid" -m -- sed -n 's/^http_port *= *\([0-9][0-9]*\)$/\1/p' "$conf" | grep .)sh",
        shellQuote(guest.manifest().services.odoo.unit)));
    return static_cast<std::uint16_t>(std::stoi(port));
}

HttpClient OdooBehind::http() const {
    return HttpClient(HttpOptions{.domain = guest_.names().domain,
                                  .httpsPort = tunnel_.port(),
                                  .httpPort = tunnel_.port(),
                                  .caCertificate = guest_.manifest().web.caCertificate,
                                  .failure = guest_.failure(),
                                  .plain = true});
}

OdooClient OdooBehind::odoo() const { return OdooClient(http(), guest_.manifest().web.odoo.path); }

}  // namespace boxtest
