# The part of guest.json that is known at evaluation; the builder adds the host key and the id. docs/guest.schema.json describes
# it.
{ config, pkgs }:
let
  cfg = config.services.odoo-box;
  inherit (cfg) policy;
  inherit (policy) box settings;
  version = package: package.version;
in
{
  schema = 1;
  flavour = "nixos";
  architecture = pkgs.stdenv.hostPlatform.parsed.cpu.name;
  memory_mib = 2560;
  cpus = 2;
  boot = {
    kernel = "kernel";
    initrd = "initrd";
    # Plain text without a dependency: the path belongs to the machine's own store, and the guest does not need it beside its
    # disk.
    command_line = builtins.unsafeDiscardStringContext "init=${config.system.build.toplevel}/init ${toString config.boot.kernelParams}";
    disk = {
      file = "disk.qcow2";
      format = "qcow2";
    };
  };
  # Names and paths are those of the machine's own description (box.json).
  inherit (box) names services;
  ssh = {
    port = settings.sshPort;
    users = builtins.mapAttrs (name: _: "keys/${name}") policy.system.people;
  };
  postgresql = box.postgresql // {
    port = settings.postgresqlPort;
  };
  web = {
    http_port = settings.httpPort;
    https_port = settings.httpsPort;
    ca_certificate = "ca.crt";
    odoo = box.web.odoo // {
      password_file = "secrets/odoo-web-password";
      master_password_file = "secrets/odoo-master-password";
    };
    pgadmin = box.web.pgadmin // {
      password_file = "secrets/pgadmin-password";
    };
  };
  # In the store: every service may execute programs there.
  probe = builtins.unsafeDiscardStringContext "${config.system.build.guestProbe}/bin/boxtest-probe";
  checksums = "checksums";
  backup = box.backup // {
    keep = settings.backupHotKeep;
  };
  versions = {
    nixpkgs = config.system.nixos.version;
    linux = version config.boot.kernelPackages.kernel;
    systemd = version config.systemd.package;
    openssh = version config.services.openssh.package;
    postgresql = version config.services.postgresql.finalPackage;
    odoo = version cfg.odoo.package;
    pgadmin4 = version cfg.pgadmin.package;
    gunicorn = version pkgs.python3Packages.gunicorn;
    nginx = version config.services.nginx.package;
    sudo = version config.security.sudo.package;
  };
}
