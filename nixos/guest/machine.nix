# What makes an Odoo Box a machine that boxtest boots, whoever's configuration it is: keys and secrets made for the test, QEMU's
# hardware, and nothing that a scenario does not need. All of it is forced, because it replaces what a real machine says here.
{
  config,
  lib,
  pkgs,
  modulesPath,
  ...
}:
let
  inherit (lib) mkForce;
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
    admin = {
      authorizedKeys = mkForce [ ];
      authorizedKeysFile = mkForce "${keys.public}/${cfg.names.admin}.pub";
    };
    tls = {
      acme = mkForce false;
      certificateFile = mkForce "${secrets}/tls.crt";
      keyFile = mkForce "${secrets}/tls.key";
    };
    odoo = {
      masterPasswordFile = mkForce "${secrets}/odoo-master-password";
      adminPasswordFile = mkForce "${secrets}/odoo-web-password";
    };
    pgadmin.passwordFile = mkForce "${secrets}/pgadmin-password";
    settings = {
      # The address that every client has in QEMU's user-mode network: one test's refused logins must not shut out the next.
      sshPenaltyExempt = mkForce [ "10.0.2.2" ];
      testMachine = true;
    };
  };
  system.build.guestKeys = keys;
  system.build.guestProbe = probe;

  # --- boot: kernel and initrd are handed over by QEMU, the root is one ext4 image (./image.nix)
  boot.loader.grub.enable = mkForce false;
  boot.loader.systemd-boot.enable = mkForce false;
  boot.initrd.luks.devices = mkForce { };
  # Without a boot loader the builder itself would copy them, and cannot read them.
  boot.initrd.secrets = mkForce { };
  boot.initrd.network.enable = mkForce false;
  boot.initrd.network.ssh.enable = mkForce false;
  # The initrd would wait for it.
  boot.resumeDevice = mkForce "";
  boot.kernelParams = lib.mkAfter [
    # On a busy host the kernel's check of an emulated CPU's clock can fail; it then reads another, for each time of
    # day, at several times the cost, and every fork of such a machine would.
    "tsc=reliable"
    # What the kernel does by the clock and nobody on a test machine needs; each idle fork would pay for it: a search for huge
    # pages every ten seconds, compaction of memory every half second, counters of memory every second.
    "transparent_hugepage=madvise"
    "sysctl.vm.compaction_proactiveness=0"
    "sysctl.vm.stat_interval=300"
    # The last console is the one that the harness reads.
    "console=${if pkgs.stdenv.hostPlatform.isAarch64 then "ttyAMA0" else "ttyS0"}"
  ];
  # The kernel's first line tells the harness that an accelerator works: NixOS hides such lines.
  boot.consoleLogLevel = mkForce 7;
  fileSystems = mkForce {
    "/" = {
      device = "/dev/disk/by-label/odoo-box";
      fsType = "ext4";
    };
  };
  swapDevices = mkForce [ ];

  # --- network: QEMU's user-mode one on the first NIC; any other is a scenario's, which gives it an address itself
  networking = {
    useNetworkd = mkForce true;
    useDHCP = mkForce false;
    networkmanager.enable = mkForce false;
    interfaces = mkForce { };
    defaultGateway = mkForce null;
    # A closed port answers a neighbour "refused", as it does on a machine without a packet filter: a scenario that gets
    # no answer at all could not tell a closed port from a dead machine.
    firewall.rejectPackets = mkForce true;
  };
  # The packet filter refuses by ICMP, of which the kernel sends each peer one a second: a scan would wait for most answers in vain.
  boot.kernel.sysctl = {
    "net.ipv4.icmp_ratelimit" = mkForce 0;
    "net.ipv4.icmp_msgs_per_sec" = mkForce 100000;
    "net.ipv4.icmp_msgs_burst" = mkForce 100000;
    "net.ipv6.icmp.ratelimit" = mkForce 0;
  };
  systemd.network = {
    wait-online.enable = mkForce false;
    networks = mkForce {
      "10-first" = {
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
      "20-other" = {
        matchConfig = {
          Kind = "!*";
          Type = "ether";
        };
        linkConfig.Unmanaged = true;
      };
    };
  };
  # The harness sets the clock of a machine that was frozen.
  services.timesyncd.enable = mkForce false;

  # --- nobody logs in on a console, and nothing is installed or rebuilt in it
  users.mutableUsers = mkForce false;
  # The admin's key is the way in; no account has a password.
  users.allowNoPasswordLogin = mkForce true;
  nix.enable = mkForce false;
  system.switch.enable = mkForce false;
  documentation.enable = mkForce false;
  environment.defaultPackages = mkForce [ ];
  # What scenarios and sabotages run inside, beside what every NixOS has.
  environment.systemPackages = [
    config.services.postgresql.finalPackage
    pkgs.curl
    pkgs.openssl
    pkgs.python3
    # usermod
    pkgs.shadow
    probe
  ];
  systemd.services."getty@tty1".enable = mkForce false;
  systemd.services."serial-getty@ttyS0".enable = mkForce false;
  systemd.services."serial-getty@ttyAMA0".enable = mkForce false;
  # Housekeeping at random moments is no help to a test.
  systemd.timers.systemd-tmpfiles-clean.enable = mkForce false;
  services.logrotate.enable = mkForce false;
  services.journald.storage = mkForce "persistent";
  services.journald.extraConfig = mkForce "SystemMaxUse=64M";
}
