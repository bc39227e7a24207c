# OpenSSH: keys only, for people only; tunnels from the client's side, never from the machine's.
{ names, settings, paths, handymen, ... }:
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
    # ssh -L to a Unix socket or port, as documented; no -R, no -D on the machine's side, no open local ends.
    AllowTcpForwarding = "local";
    AllowStreamLocalForwarding = "local";
    PermitListen = "none";
    GatewayPorts = false;
    StreamLocalBindUnlink = false;
    PermitTunnel = false;
    AllowAgentForwarding = false;
    X11Forwarding = false;
    UseDNS = false;
    MaxSessions = settings.sshMaxSessions;
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
}
