{ policy, allAre, equals, contains, render, ... }:
let
  p = policy { };
  units = p.hardening;
  names = builtins.attrNames units;
  backups = builtins.attrNames p.backup.services;
  # root's short-running units: they have the rights that their work needs.
  tools = [ "odoo-box-filter" "odoo-box-handymen" ];
  # Files of a removed handyman may lie anywhere.
  withView = removeAttrs units [ "odoo-box-handymen" ];
  # Only the services: the backups, which root runs, have other values.
  services = removeAttrs units (backups ++ tools);
  every = directive: expected: allAre (name: (units.${name}.${directive} or null) == expected) names;
  everyView = directive: expected: allAre (name: (units.${name}.${directive} or null) == expected) (builtins.attrNames withView);
  # The filter starts before the folders exist: "-" makes systemd ignore a missing path.
  closed = path: name: holds "InaccessiblePaths" (if name == "odoo-box-filter" then "-${path}" else path) name;
  # The table that a machine's units are compared with.
  table = builtins.readFile ../../../scenarios/expected/memory.txt;
  bounds = name: [
    "must:debian bound {${name}Unit} MemoryMax finite ${units.${name}.MemoryMax}\n"
    "must:debian bound {${name}Unit} TasksMax finite ${units.${name}.TasksMax}\n"
  ] ++ (if units.${name} ? IPAddressDeny then [ "must bound {${name}Unit} IPAddressDeny 0.0.0.0/0\n" "must bound {${name}Unit} IPAddressDeny ::/0\n" ] else [ ])
    ++ (if units.${name} ? IPAddressAllow then [ "must bound {${name}Unit} IPAddressAllow 127.0.0.0/8\n" "must bound {${name}Unit} IPAddressAllow ::1/128\n" ] else [ ]);
  holds = directive: element: unit: builtins.elem element (units.${unit}.${directive} or [ ]);
in
{
  "Four services have walls, and so has what root runs" = equals (builtins.sort builtins.lessThan ([ "nginx" "odoo" "pgadmin" "postgresql" ] ++ backups ++ tools)) names;
  "The filter may change the network's rules and nothing else" = equals "CAP_NET_ADMIN" units.odoo-box-filter.CapabilityBoundingSet;
  "Every service has a bound to its memory and to its processes" = allAre (
    name: services.${name} ? MemoryMax && services.${name} ? TasksMax
  ) (builtins.attrNames services);
  "The table of a machine's bounds has those of the policy" = allAre (line: contains line table) (builtins.concatMap bounds (builtins.attrNames services));
  "A list of addresses is everything denied, and loopback allowed" = allAre (
    name: (units.${name}.IPAddressDeny or [ "any" ]) == [ "any" ] && (units.${name}.IPAddressAllow or [ "localhost" ]) == [ "localhost" ]
  ) names;
  "A process that takes all memory does not end PostgreSQL or Odoo" = equals [ "continue" "continue" ] [ units.postgresql.OOMPolicy units.odoo.OOMPolicy ];
  "No service reaches a program that would ask the network for it" = allAre (
    name: builtins.all (path: holds "InaccessiblePaths" path name) [ "-/run/systemd/resolve" "-/run/nscd" "-/nix/var/nix/daemon-socket" ]
  ) names;
  "Odoo does not write where it looks for further modules" = holds "ReadOnlyPaths" "/var/lib/odoo/addons" "odoo";
  "No service gains privileges" = every "NoNewPrivileges" true;
  "No service makes SUID files" = every "RestrictSUIDSGID" true;
  "No service has capabilities, except nginx the one for its ports" =
    equals { nginx = "CAP_NET_BIND_SERVICE"; odoo = ""; pgadmin = ""; postgresql = ""; }
      (builtins.mapAttrs (_: unit: unit.CapabilityBoundingSet) services);
  "No service gets ambient capabilities, except nginx the same one" =
    equals { nginx = "CAP_NET_BIND_SERVICE"; odoo = ""; pgadmin = ""; postgresql = ""; }
      (builtins.mapAttrs (_: unit: unit.AmbientCapabilities) services);
  "Every service sees the file system read-only" = everyView "ProtectSystem" "strict";
  "Every service sees /run read-only, which ProtectSystem=strict does not do" = allAre (holds "ReadOnlyPaths" "/run") (builtins.attrNames withView);
  "Every service has a /tmp of its own" = everyView "PrivateTmp" true;
  "Every service has a /dev/shm of its own, from which nothing runs" = everyView "TemporaryFileSystem" [ "/dev/shm:mode=1777,nosuid,nodev,noexec" ];
  "The unit for handymen sees and writes the file system of all, where files of a removed handyman may lie" = equals
    { ProtectSystem = false; PrivateTmp = false; ProtectHome = false; TemporaryFileSystem = [ ]; ReadOnlyPaths = [ ]; }
    { inherit (units.odoo-box-handymen) ProtectSystem PrivateTmp ProtectHome TemporaryFileSystem ReadOnlyPaths; };
  "Every service has no devices" = every "PrivateDevices" true;
  "Every service sees its own processes only" = allAre (
    name: name == "odoo-box-handymen" || units.${name}.ProtectProc == "invisible"
  ) names;
  "No service sees a home" = allAre (name: name == "odoo-box-handymen" || builtins.elem units.${name}.ProtectHome [ true "tmpfs" ]) names;
  "Kernel tunables are closed to every service" = every "ProtectKernelTunables" true;
  "Kernel modules are closed to every service" = every "ProtectKernelModules" true;
  "The kernel's log is closed to every service" = every "ProtectKernelLogs" true;
  "Control groups are closed to every service" = every "ProtectControlGroups" true;
  "No service makes namespaces" = every "RestrictNamespaces" true;
  "No service has memory that is writable and executable" = every "MemoryDenyWriteExecute" true;
  "No service takes another architecture's system calls" = every "SystemCallArchitectures" "native";
  "Every service's system calls are an allow-list without the privileged ones, but for a backup's change of user" = allAre (
    name:
    builtins.head units.${name}.SystemCallFilter == "@system-service"
    && contains (if name == "odoo-box-handymen" then "~@resources" else if builtins.elem name backups then "~@chown" else "~@privileged") (builtins.elemAt units.${name}.SystemCallFilter 1)
  ) names;
  "Nothing runs from the temporary folders of any service" = allAre (
    name: builtins.all (path: holds "NoExecPaths" path name) [ "/tmp" "/var/tmp" ]
  ) names;
  "A service runs what lies in few folders, which are root's" = allAre (
    name: holds "NoExecPaths" "/" name && units.${name}.ExecPaths == [ "/usr" ]
  ) (builtins.attrNames services);
  "A backup, which is root, sees programs read-only" = allAre (
    name: !(holds "NoExecPaths" "/" name) && units.${name}.ExecPaths == [ ]
  ) backups;
  "No second directive for /dev/shm undoes the one that makes it a service's own" = allAre (
    name:
    builtins.all (directive: !(holds directive "/dev/shm" name)) [ "NoExecPaths" "ExecPaths" "ReadOnlyPaths" "ReadWritePaths" "InaccessiblePaths" ]
  ) names;
  "Nothing runs from a folder that its service can write" =
    holds "NoExecPaths" "/var/lib/odoo" "odoo"
    && holds "NoExecPaths" "/var/lib/pgadmin" "pgadmin"
    && holds "NoExecPaths" "/var/log/pgadmin" "pgadmin"
    && holds "NoExecPaths" "/var/lib/postgresql" "postgresql"
    && holds "NoExecPaths" "/var/cache/nginx" "nginx";
  "No service sees another's data, and a backup only Odoo's" =
    allAre (name: name == "postgresql" || closed "/var/lib/postgresql" name) names == true
    && allAre (name: name == "odoo" || builtins.elem name backups || closed "/var/lib/odoo" name) names == true
    && allAre (name: name == "pgadmin" || closed "/var/lib/pgadmin" name) names == true;
  "No service reaches D-Bus or systemd" = allAre (
    name: builtins.all (path: holds "InaccessiblePaths" path name) [ "-/run/dbus" "-/run/systemd/private" ]
  ) names;
  "PostgreSQL and pgAdmin have no network" = units.postgresql.PrivateNetwork && units.pgadmin.PrivateNetwork;
  "PostgreSQL and pgAdmin have Unix sockets only" =
    equals [ [ "AF_UNIX" ] [ "AF_UNIX" ] ] [ units.postgresql.RestrictAddressFamilies units.pgadmin.RestrictAddressFamilies ];
  "PostgreSQL has its own user namespace never: peer would see nobody" = !(units.postgresql ? PrivateUsers);
  "Odoo talks to loopback only" = equals { IPAddressDeny = [ "any" ]; IPAddressAllow = [ "localhost" ]; } {
    inherit (units.odoo) IPAddressDeny IPAddressAllow;
  };
  "Odoo may bind its two ports and port 0, and no other" = equals
    [ "ipv6" "ipv4:udp" "ipv4:tcp:1-8068" "ipv4:tcp:8070-8071" "ipv4:tcp:8073-65535" ] units.odoo.SocketBindDeny;
  "Odoo's ranges follow its ports" = equals
    [ "ipv6" "ipv4:udp" "ipv4:tcp:1-8999" "ipv4:tcp:9002-65535" ]
    (policy { settings = { odooHttpPort = 9001; odooGeventPort = 9000; }; }).hardening.odoo.SocketBindDeny;
  "nginx may bind its two ports only" = equals [ "tcp:80" "tcp:443" ] units.nginx.SocketBindAllow;
  "A wall that a unit also sets ends the evaluation" = !(builtins.tryEval (builtins.deepSeq
    (render (p // { hardening = p.hardening // { odoo = p.hardening.odoo // { User = "root"; }; }; })).units null)).success;
}
