# Turns any Odoo Box configuration into a machine that boxtest boots: keys and secrets generated for the test, QEMU's hardware,
# and nothing that scenarios do not need. All values are forced, because they replace those of a real machine.
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
      # All clients have this address in QEMU's user-mode network: refused logins of one test must not lock out the next test.
      sshPenaltyExempt = mkForce [ "10.0.2.2" ];
      testMachine = true;
    };
  };
  system.build.guestKeys = keys;
  system.build.guestProbe = probe;

  # --- boot: QEMU provides kernel and initrd, the root is one ext4 image (./image.nix)
  boot.loader.grub.enable = mkForce false;
  boot.loader.systemd-boot.enable = mkForce false;
  boot.initrd.luks.devices = mkForce { };
  # Without a boot loader the builder itself would copy the secrets, and cannot read them.
  boot.initrd.secrets = mkForce { };
  boot.initrd.network.enable = mkForce false;
  boot.initrd.network.ssh.enable = mkForce false;
  # The initrd would wait for that device.
  boot.resumeDevice = mkForce "";
  boot.kernelParams = lib.mkAfter [
    # On a busy host the kernel's check of an emulated CPU's clock can fail. The kernel then reads another clock, at several times
    # the cost for each query, also in every fork of such a machine.
    "tsc=reliable"
    # Periodic work of the kernel that a test machine does not need and that costs CPU time in each idle fork: a search for huge
    # pages every ten seconds, memory compaction every half second, memory counters every second.
    "transparent_hugepage=madvise"
    "sysctl.vm.compaction_proactiveness=0"
    "sysctl.vm.stat_interval=300"
    # The harness reads the last console.
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

  # --- network: QEMU's user-mode network on the first NIC; any other NIC belongs to a scenario, which assigns its address
  networking = {
    useNetworkd = mkForce true;
    useDHCP = mkForce false;
    networkmanager.enable = mkForce false;
    interfaces = mkForce { };
    defaultGateway = mkForce null;
    # A closed port answers "refused" to a neighbour, as on a machine without a packet filter: without an answer a scenario could
    # not distinguish a closed port from a dead machine.
    firewall.rejectPackets = mkForce true;
  };
  # The packet filter refuses by ICMP, and the kernel sends each peer one such message a second: a scan would get no answer for
  # most ports.
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

  # --- no login on a console; nothing is installed or rebuilt in the machine
  users.mutableUsers = mkForce false;
  # The admin logs in with a key; no account has a password.
  users.allowNoPasswordLogin = mkForce true;
  nix.enable = mkForce false;
  system.switch.enable = mkForce false;
  documentation.enable = mkForce false;
  environment.defaultPackages = mkForce [ ];
  # Programs that scenarios and sabotages run in the machine, in addition to those of every NixOS.
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
  # Housekeeping at random times would disturb tests.
  systemd.timers.systemd-tmpfiles-clean.enable = mkForce false;
  services.logrotate.enable = mkForce false;
  services.journald.storage = mkForce "persistent";
  services.journald.extraConfig = mkForce "SystemMaxUse=64M";
}
