# Units and systemd's other files. A list is one line per element, a boolean yes or no.
{ lib, policy }:
let
  value = v: if builtins.isBool v then (if v then "yes" else "no") else toString v;
  line = key: v: if builtins.isList v then builtins.concatStringsSep "" (map (line key) v) else "${key}=${value v}\n";
  section = name: attrs: "[${name}]\n" + builtins.concatStringsSep "" (lib.mapAttrsToList line attrs);
  file = sections: "# Rendered from the Odoo Box policy.\n" + builtins.concatStringsSep "\n" sections;
  # A unit without wantedBy has no [Install] section: it is started by a timer or manually.
  install = unit: if unit.wantedBy == [ ] then [ ] else [ (section "Install" { WantedBy = unit.wantedBy; }) ];

  service =
    name: unit:
    file ([
      (section "Unit" unit.unit)
      # No key may be in both: a unit must not override a directive of its sandbox.
      (section "Service" (lib.disjoint "units.${name} and hardening.${name}" unit.service policy.hardening.${name}))
    ] ++ install unit);
  plain =
    kind: key: unit:
    file ([
      (section "Unit" unit.unit)
      (section kind unit.${key})
    ] ++ install unit);
  named = suffix: f: attrs: map (name: { name = name + suffix; value = f name attrs.${name}; }) (builtins.attrNames attrs);
in
{
  units = builtins.listToAttrs (
    named ".service" service policy.units.services
    ++ named ".socket" (_: plain "Socket" "socket") policy.units.sockets
    ++ named ".timer" (_: plain "Timer" "timer") policy.units.timers
  );
  resolved = file [ (section "Resolve" policy.system.resolved) ];
  sysctl =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key} = ${toString v}\n") policy.system.sysctl);
  tmpfiles =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "" (
      map (d: "d ${d.path} ${d.mode} ${d.user} ${d.user} - -\n") policy.system.directories
    );
}
