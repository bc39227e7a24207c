#pragma once

#include "RunningGuest.hpp"
#include "ssh/Tunnel.hpp"
#include "web/OdooClient.hpp"

namespace boxtest {

/// Odoo itself, past nginx: over a tunnel of the admin's to the port on loopback. nginx has walls of its own before it, and what
/// Odoo does without them is asked here.
class OdooBehind {
   public:
    /// The guest must outlive it. GuestError when Odoo's port is not to be found.
    explicit OdooBehind(RunningGuest& guest);

    /// New clients, without cookies; requests are http://.
    HttpClient http() const;
    OdooClient odoo() const;

   private:
    static std::uint16_t portOf(RunningGuest& guest);

    RunningGuest& guest_;
    Tunnel tunnel_;
};

}  // namespace boxtest
