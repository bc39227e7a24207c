{ policy, allAre, equals, contains, render, lines, ... }:
let
  real = policy { };
  tested = policy { settings.testMachine = true; };
  agent = (render tested).units."qemu-guest-agent.service";
in
{
  "A real box has no guest agent" = !(real.units.services ? qemu-guest-agent) && !(real.hardening ? qemu-guest-agent);
  "A real box's sshd shows nothing before the login" = !(real.sshd.settings ? Banner);
  "A real box's Odoo ends a request after ten minutes" = equals 600 real.odoo.settings.limit_time_real;
  "A test machine's Odoo survives that its clock is set" = tested.odoo.settings.limit_time_real > 100000000;
  "A real box's Odoo does its scheduled actions by the clock" = real.odoo.cronsByClock;
  "A test machine's Odoo does no scheduled action by the clock" = !tested.odoo.cronsByClock;
  "A real box's PostgreSQL vacuums by its defaults" = builtins.all (name: builtins.match "autovacuum.*" name == null) (
    builtins.attrNames real.postgresql.settings
  );
  "A machine for tests differs from a real box by the agent, the banner, Odoo's wall-clock limit and scheduled actions, autovacuum's nap, a second name, and timers that wait only" =
    equals
      (removeAttrs real [ "settings" ])
      (removeAttrs tested [ "settings" ] // {
        units = tested.units // { services = removeAttrs tested.units.services [ "qemu-guest-agent" ]; inherit (real.units) timers; };
        backup = tested.backup // { inherit (real.backup) timers; };
        hardening = removeAttrs tested.hardening [ "qemu-guest-agent" ];
        odoo = tested.odoo // {
          settings = tested.odoo.settings // { inherit (real.odoo.settings) limit_time_real; };
          inherit (real.odoo) cronsByClock;
        };
        postgresql = tested.postgresql // {
          settings = removeAttrs tested.postgresql.settings [ "autovacuum_naptime" ];
        };
        nginx = tested.nginx // { inherit (real.nginx) hosts; };
        pgadmin = tested.pgadmin // {
          settings = tested.pgadmin.settings // { inherit (real.pgadmin.settings) ALLOWED_HOSTS; };
        };
        sshd = tested.sshd // { settings = removeAttrs tested.sshd.settings [ "Banner" ]; };
      });
  "A machine for tests enables its timers, which wait for a file: its clock is set when a frozen copy wakes" = allAre (
    name:
    tested.units.timers.${name} == real.units.timers.${name} // {
      unit = real.units.timers.${name}.unit // { ConditionPathExists = "/run/odoo-box-timers"; };
    }
    && real.units.timers.${name}.wantedBy == [ "timers.target" ]
  ) (builtins.attrNames real.units.timers);
  "A machine for tests tells its token before the login" =
    equals "/run/qemu-ga/token" tested.sshd.settings.Banner;
  "The guest agent takes the calls for the clock and the token only" = contains
    " --allow-rpcs=guest-sync,guest-sync-delimited,guest-get-time,guest-set-time,guest-file-open,guest-file-write,guest-file-close\n"
    agent;
  "The guest agent writes in one folder" = equals [ "/run/qemu-ga" ] tested.hardening.qemu-guest-agent.ReadWritePaths;
  "The guest agent is started with its port, named as systemd escapes it" =
    builtins.elem "WantedBy=dev-virtio\\x2dports-org.qemu.guest_agent.0.device" (lines agent);
  "The guest agent may set the clock and nothing else" = equals "CAP_SYS_TIME" tested.hardening.qemu-guest-agent.CapabilityBoundingSet;
  "The guest agent has no network" = tested.hardening.qemu-guest-agent.PrivateNetwork;
  "The guest agent has one device" = equals [ "char-virtio-portsdev rw" ] tested.hardening.qemu-guest-agent.DeviceAllow;
}
