# OpenSSH: keys only, for people only; tunnels from the client's side, never from the machine's. Algorithms: those of which
# ssh-audit says nothing worse than a remark, with key exchanges first that a quantum computer does not undo.
{ names, settings, paths, handymen, ... }:
let
  comma = builtins.concatStringsSep ",";
  keysFolder = "/etc/ssh/authorized_keys.d";
in
{
  # sshd_config, by OpenSSH's own keywords. A boolean is yes or no, a list is one line.
  settings = {
    Port = settings.sshPort;
    PubkeyAuthentication = true;
    AuthenticationMethods = "publickey";
    PasswordAuthentication = false;
    KbdInteractiveAuthentication = false;
    PermitEmptyPasswords = false;
    HostbasedAuthentication = false;
    GSSAPIAuthentication = false;
    PermitRootLogin = false;
    AllowUsers = [ names.admin ] ++ builtins.attrNames handymen;
    # Accounts and sessions only: no method above asks PAM for a password. Without it a locked account is refused.
    UsePAM = true;
    PermitUserEnvironment = false;
    PermitUserRC = false;
    # Who gets in is root's to say: no file that its user can write opens an account.
    AuthorizedKeysFile = "${keysFolder}/%u";
    # ssh -L to PostgreSQL's socket, as documented, and to nothing else: no port, no other socket. (OpenSSH holds a socket's path against
    # PermitOpen as well, so that AllowTcpForwarding=no would close it, too: seen on 10.0.) The admin's tunnels reach all that there
    # is (below). No -R, no -D on the machine's side, no open local ends.
    AllowTcpForwarding = "local";
    AllowStreamLocalForwarding = "local";
    PermitOpen = "[${paths.socketDirectory}/.s.PGSQL.${toString settings.postgresqlPort}]:*";
    PermitListen = "none";
    GatewayPorts = false;
    StreamLocalBindUnlink = false;
    PermitTunnel = false;
    AllowAgentForwarding = false;
    X11Forwarding = false;
    UseDNS = false;
    MaxSessions = settings.sshMaxSessions;
    KexAlgorithms = comma [
      "mlkem768x25519-sha256"
      "sntrup761x25519-sha512"
      "sntrup761x25519-sha512@openssh.com"
      "curve25519-sha256"
      "curve25519-sha256@libssh.org"
    ];
    Ciphers = comma [
      "chacha20-poly1305@openssh.com"
      "aes256-gcm@openssh.com"
      "aes128-gcm@openssh.com"
      "aes256-ctr"
      "aes192-ctr"
      "aes128-ctr"
    ];
    MACs = comma [
      "hmac-sha2-512-etm@openssh.com"
      "hmac-sha2-256-etm@openssh.com"
      "umac-128-etm@openssh.com"
    ];
    HostKeyAlgorithms = "ssh-ed25519";
    # Keys of people: no NIST curve, no SHA-1, no certificate of an authority.
    PubkeyAcceptedAlgorithms = comma [
      "ssh-ed25519"
      "sk-ssh-ed25519@openssh.com"
      "rsa-sha2-512"
      "rsa-sha2-256"
    ];
    RequiredRSASize = 3072;
  }
  // (
    if settings.sshPenaltyExempt == [ ] then
      { }
    else
      { PerSourcePenaltyExemptList = builtins.concatStringsSep "," settings.sshPenaltyExempt; }
  )
  # Every connection tells, before anybody is let in, which copy of a frozen machine answers: a token that whoever runs
  # it gives to the guest agent. No file, no banner. (A file in /sys would need no agent, but has no size, and then sshd
  # shows nothing.)
  // (if settings.testMachine then { Banner = "${paths.guestAgentFolder}/token"; } else { });

  # What holds for some only, as Match blocks.
  matches = [
    # The admin is root: whatever listens on loopback is the admin's anyway.
    { criteria = "User ${names.admin}"; settings.PermitOpen = "any"; }
  ];

  inherit keysFolder;
}
