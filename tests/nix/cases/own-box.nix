# lib.checksFor: a test guest from somebody's own configuration.
{
  evaluate,
  example,
  contains,
  equals,
  lib,
  ...
}:
let
  own =
    system: more:
    import ../evaluate.nix { inherit system; } {
      imports = [ example ] ++ more;
      services.odoo-box = {
        domain = "erp.example.org";
        names.admin = "kim";
        handymen.lee.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example lee@laptop" ];
        handymen.max.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example max@laptop" ];
        odoo.workers = 5;
      };
      # As an installer writes hardware-configuration.nix, and a provider its network.
      boot.loader.systemd-boot.enable = true;
      boot.initrd.luks.devices.root.device = "/dev/disk/by-uuid/0";
      boot.kernelParams = [ "console=tty0" ];
      boot.resumeDevice = "/dev/disk/by-uuid/3";
      # An encrypted disk that is opened over SSH.
      boot.initrd.network.enable = true;
      boot.initrd.network.ssh.enable = true;
      boot.initrd.secrets."/etc/ssh/initrd_key" = "/etc/secrets/initrd_key";
      fileSystems."/" = {
        device = "/dev/disk/by-uuid/1";
        fsType = "xfs";
      };
      fileSystems."/srv" = {
        device = "/dev/disk/by-uuid/2";
        fsType = "xfs";
      };
      swapDevices = [ { device = "/dev/disk/by-uuid/3"; } ];
      networking.interfaces.eth0.ipv4.addresses = [ "198.51.100.2" ];
      networking.defaultGateway = "198.51.100.1";
      networking.networkmanager.enable = true;
      networking.hostName = "erp";
      services.journald.extraConfig = "MaxRetentionSec=1month";
      system.stateVersion = "25.11";
    };
  checksFor =
    system: more:
    import ../../../nixos/flake/checks-for.nix {
      packages.${system} =
        let
          program = {
            outPath = "/boxtest";
            meta.mainProgram = "boxtest";
          };
        in
        {
          boxtest = program;
          boxtest-harness = program;
        };
    } { nixosConfiguration = own system more; };
  made = checksFor "x86_64-linux" [ ];
  inherit (made.guest) config;
  box = config.services.odoo-box;
  withSecrets =
    byUnits:
    (checksFor "x86_64-linux" [ (import ../secrets.nix { inherit byUnits; }) ]).guest;
in
{
  "An own box gives a guest, a template, a check for each claim, and an app" =
    builtins.seq made.guest.drvPath (builtins.seq made.template.drvPath true) == true
    && made.app.type == "app"
    && equals (builtins.sort builtins.lessThan (
      map (claim: "scenarios-${claim}") (import ../../../nixos/flake/claims.nix)
    )) (builtins.attrNames made.checks) == true;
  "Its checks fork from its own template" =
    contains "--template ${made.template}" made.checks.scenarios-peer-auth.report.text;
  "An own box keeps its names, its domain and its settings" =
    equals
      {
        admin = "kim";
        domain = "erp.example.org";
        workers = 5;
        host = "erp";
        version = "25.11";
      }
      {
        inherit (box.names) admin;
        inherit (box) domain;
        inherit (box.odoo) workers;
        host = config.networking.hostName;
        version = config.system.stateVersion;
      };
  "Its keys and secrets are the test's" =
    equals
      {
        keys = [ ];
        file = "${config.system.build.guestKeys.public}/kim.pub";
        handymen = [ "lee" ];
        lee = "${config.system.build.guestKeys.public}/lee.pub";
        secret = "/etc/odoo-box/pgadmin-password";
        tls = "/etc/odoo-box/tls.key";
      }
      {
        keys = box.admin.authorizedKeys;
        file = box.admin.authorizedKeysFile;
        handymen = builtins.attrNames box.handymen;
        lee = box.handymen.lee.authorizedKeysFile;
        secret = box.pgadmin.passwordFile;
        tls = box.tls.keyFile;
      };
  "Its hardware, boot loader and network are the test's" =
    equals
      {
        boot = false;
        luks = { };
        roots = [ "/" ];
        type = "ext4";
        swap = [ ];
        resume = "";
        initrd = {
          network = false;
          ssh = false;
          secrets = { };
        };
        cards = { };
        gateway = null;
        manager = false;
      }
      {
        boot = config.boot.loader.systemd-boot.enable;
        luks = config.boot.initrd.luks.devices;
        roots = builtins.attrNames config.fileSystems;
        type = config.fileSystems."/".fsType;
        swap = config.swapDevices;
        resume = config.boot.resumeDevice;
        initrd = {
          network = config.boot.initrd.network.enable;
          ssh = config.boot.initrd.network.ssh.enable;
          inherit (config.boot.initrd) secrets;
        };
        cards = config.networking.interfaces;
        gateway = config.networking.defaultGateway;
        manager = config.networking.networkmanager.enable;
      };
  "Secrets that only the real machine can open can be referred to, and no script decrypts them" =
    let
      guest = withSecrets false;
      scripts = guest.config.system.activationScripts;
    in
    equals
      {
        paths = [
          "/run/secrets/odoo-master-password"
          "/run/secrets/odoo-admin-password"
        ];
        box = "/etc/odoo-box/odoo-master-password";
        texts = "users";
        # Other scripts, which depend on these scripts, still find them.
        users = [
          "agenixInstall"
          "setupSecretsForUsers"
        ];
        chown = [ "users" ];
      }
      {
        paths = [
          guest.config.sops.secrets.master.path
          guest.config.age.secrets.admin.path
        ];
        box = guest.config.services.odoo-box.odoo.masterPasswordFile;
        texts = builtins.seq guest.drvPath (
          builtins.concatStringsSep "" (map (one: one.text) (builtins.attrValues scripts))
        );
        users = scripts.users.deps;
        chown = scripts.agenixChown.deps;
      };
  "No unit decrypts them, and who requires such a unit starts" =
    let
      guest = withSecrets true;
      unit = name: {
        inherit (guest.config.systemd.services.${name}) enable requires wantedBy;
        command = guest.config.systemd.services.${name}.serviceConfig;
      };
      nothing = {
        enable = true;
        requires = [ ];
        wantedBy = [ "sysinit.target" ];
        command = {
          Type = "oneshot";
          RemainAfterExit = true;
          ExecStart = "${(own "x86_64-linux" [ ]).pkgs.coreutils}/bin/true";
        };
      };
    in
    builtins.seq guest.drvPath (
      equals
        {
          agenix = nothing;
          sops = nothing;
          users = nothing;
        }
        {
          agenix = unit "agenix-install-secrets";
          sops = unit "sops-install-secrets";
          users = unit "sops-install-secrets-for-users";
        }
    );
  "Where nothing decrypts, no script and no unit comes in" =
    equals
      {
        scripts = { };
        units = [ ];
      }
      {
        scripts = config.system.activationScripts;
        units = builtins.filter (lib.hasSuffix "install-secrets") (
          builtins.attrNames config.systemd.services
        );
      };
  "Where there is no template there is one check" = equals [ "scenarios" ] (
    builtins.attrNames (checksFor "aarch64-linux" [ ]).checks
  );
}
