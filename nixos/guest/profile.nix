# The machine that boxtest boots: the Odoo Box with the Debian reference guest's names, keys made for the test, and
# nothing that a scenario does not need.
{
  config,
  lib,
  pkgs,
  modulesPath,
  ...
}:
let
  cfg = config.services.odoo-box;
  keys = pkgs.callPackage ./keys.nix {
    people = lib.attrNames cfg.values.users.people;
    inherit (cfg) domain;
  };
  probe = pkgs.callPackage ./probe.nix { };
  secrets = "/etc/odoo-box";
in
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  services.odoo-box = {
    enable = true;
    admin.authorizedKeysFile = "${keys}/host/${cfg.names.admin}.pub";
    # By the documented statement: what it lends besides is a known gap that a scenario shows.
    handymen.jane = {
      authorizedKeysFile = "${keys}/host/jane.pub";
      membership = "documented";
    };
    tls = {
      certificateFile = "${secrets}/tls.crt";
      keyFile = "${secrets}/tls.key";
    };
    odoo = {
      masterPasswordFile = "${secrets}/odoo-master-password";
      adminPasswordFile = "${secrets}/odoo-web-password";
    };
    pgadmin.passwordFile = "${secrets}/pgadmin-password";
    settings = {
      # The address that every client has in QEMU's user-mode network: one test's refused logins must not shut out the next.
      sshPenaltyExempt = [ "10.0.2.2" ];
      testMachine = true;
    };
  };
  system.build.guestKeys = keys;
  system.build.guestProbe = probe;
  system.stateVersion = "26.05";

  # --- boot: kernel and initrd are handed over by QEMU, the root is one ext4 image (./image.nix)
  boot.loader.grub.enable = false;
  boot.kernelParams = [
    # On a busy host the kernel's check of an emulated CPU's clock can fail; it then reads another, for each time of
    # day, at several times the cost, and every fork of such a machine would.
    "tsc=reliable"
    # The last console is the one that the harness reads.
    "console=${if pkgs.stdenv.hostPlatform.isAarch64 then "ttyAMA0" else "ttyS0"}"
  ];
  # The kernel's first line tells the harness that an accelerator works: NixOS hides such lines.
  boot.consoleLogLevel = 7;
  fileSystems."/" = {
    device = "/dev/disk/by-label/odoo-box";
    fsType = "ext4";
  };

  # --- network: QEMU's user-mode one on the first NIC; any other is a scenario's, which gives it an address itself
  networking = {
    hostName = lib.head (lib.splitString "." cfg.domain);
    useNetworkd = true;
    useDHCP = false;
    # A closed port answers a neighbour "refused", as it does on a machine without a packet filter: a scenario that gets
    # no answer at all could not tell a closed port from a dead machine.
    firewall.rejectPackets = true;
  };
  systemd.network = {
    wait-online.enable = false;
    networks."10-first" = {
      matchConfig.MACAddress = "52:54:00:12:34:56";
      networkConfig = {
        DHCP = "ipv4";
        LinkLocalAddressing = "no";
        IPv6AcceptRA = false;
      };
      dhcpV4Config = {
        UseDomains = false;
        UseNTP = false;
      };
    };
    networks."20-other" = {
      matchConfig = {
        Kind = "!*";
        Type = "ether";
      };
      linkConfig.Unmanaged = true;
    };
  };
  # The harness sets the clock of a machine that was frozen.
  services.timesyncd.enable = false;

  # --- nobody logs in on a console, and nothing is installed or rebuilt in it
  users.mutableUsers = false;
  # The admin's key is the way in; no account has a password.
  users.allowNoPasswordLogin = true;
  nix.enable = false;
  system.switch.enable = false;
  documentation.enable = false;
  environment.defaultPackages = [ ];
  # What scenarios run inside, beside what every NixOS has.
  environment.systemPackages = [
    config.services.postgresql.finalPackage
    pkgs.curl
    pkgs.python3
    probe
  ];
  systemd.services."getty@tty1".enable = false;
  systemd.services."serial-getty@ttyS0".enable = false;
  systemd.services."serial-getty@ttyAMA0".enable = false;
  # Housekeeping at random moments is no help to a test.
  systemd.timers.systemd-tmpfiles-clean.enable = false;
  services.logrotate.enable = false;
  services.journald.extraConfig = ''
    Storage=persistent
    SystemMaxUse=64M
  '';
}
