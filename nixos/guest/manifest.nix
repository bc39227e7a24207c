# guest.json as far as evaluation knows it; the builder adds the host key and the id. docs/guest.schema.json describes it.
{ config, pkgs }:
let
  cfg = config.services.odoo-box;
  inherit (cfg) names policy;
  inherit (policy) paths settings;
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
    # As text alone: the path is one of the machine's own store, and the guest does not need it beside its disk.
    command_line = builtins.unsafeDiscardStringContext "init=${config.system.build.toplevel}/init ${toString config.boot.kernelParams}";
    disk = {
      file = "disk.qcow2";
      format = "qcow2";
    };
  };
  names = {
    inherit (policy.names) domain superuser handyman;
    inherit (names) admin odoo pgadmin;
    handyman_group = names.handymanGroup;
    odoo_database = names.odooDatabase;
    pgadmin_database = names.pgadminDatabase;
  };
  ssh = {
    port = settings.sshPort;
    users = builtins.mapAttrs (name: _: "keys/${name}") policy.system.people;
  };
  postgresql = {
    major = 17;
    socket_directory = paths.socketDirectory;
    port = settings.postgresqlPort;
    data_directory = paths.dataDirectory;
  };
  services = {
    postgresql = {
      unit = "postgresql.service";
      user = policy.names.superuser;
      private_paths = [ paths.dataDirectory ];
    };
    odoo = {
      unit = "odoo.service";
      user = names.odoo;
      private_paths = [
        paths.odooState
        paths.odooMasterPassword
      ];
    };
    pgadmin = {
      unit = "pgadmin.service";
      user = names.pgadmin;
      private_paths = [
        paths.pgadminState
        paths.pgadminLog
      ];
    };
    nginx = {
      unit = "nginx.service";
      user = paths.webUser;
      private_paths = [ paths.tlsKey ];
    };
  };
  web = {
    http_port = settings.httpPort;
    https_port = settings.httpsPort;
    ca_certificate = "ca.crt";
    odoo = {
      path = "/";
      inherit (policy.odoo) login;
      password_file = "secrets/odoo-web-password";
      master_password_file = "secrets/odoo-master-password";
    };
    pgadmin = {
      path = "/pgadmin";
      inherit (policy.pgadmin) login;
      password_file = "secrets/pgadmin-password";
    };
  };
  # In the store, from which every service may execute.
  probe = builtins.unsafeDiscardStringContext "${config.system.build.guestProbe}/bin/boxtest-probe";
  checksums = "checksums";
  backup = {
    directory = paths.backupDirectory;
    hot = "odoo-box-backup-hot.service";
    cold = "odoo-box-backup-cold.service";
    restore = "odoo-box-restore@.service";
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
