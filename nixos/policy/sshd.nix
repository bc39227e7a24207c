# OpenSSH: keys only, for people only; tunnels only from the client to the machine. Algorithms: those for which ssh-audit reports
# nothing worse than a remark, with post-quantum key exchanges first.
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
    # For accounts and sessions only: no enabled method asks PAM for a password. Without PAM a locked account is refused.
    UsePAM = true;
    PermitUserEnvironment = false;
    PermitUserRC = false;
    # Only root decides who may log in: no file that a user can write opens an account.
    AuthorizedKeysFile = "${keysFolder}/%u";
    # ssh -L to PostgreSQL's socket, as documented, and to nothing else: no port, no other socket. (OpenSSH also matches a
    # socket's path against PermitOpen, and AllowTcpForwarding=no would close the socket, too: seen on 10.0.) The admin's tunnels
    # may reach every target (below). No -R, no -D on the machine's side, no open local ends.
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
    # Accepted keys of users: no NIST curve, no SHA-1, no certificate of an authority.
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
  # Before authentication every connection receives a token as the banner. It identifies the copy of a frozen machine; whoever
  # runs the copy passes the token to the guest agent. No file, no banner. (A file in /sys would need no agent, but its size is 0,
  # and sshd then shows nothing.)
  // (if settings.testMachine then { Banner = "${paths.guestAgentFolder}/token"; } else { });

  # Settings for some users only, as Match blocks.
  matches = [
    # The admin has root's rights: everything that listens on loopback is accessible to the admin anyway.
    { criteria = "User ${names.admin}"; settings.PermitOpen = "any"; }
  ];

  inherit keysFolder;
}
