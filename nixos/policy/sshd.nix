# OpenSSH: keys only, for people only; tunnels from the client's side, never from the machine's.
{ names, settings, ... }:
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
    AllowUsers = [ names.admin names.handyman ];
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
  );
}
