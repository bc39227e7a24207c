# The machine around the services: accounts, folders, and doors that other software opens by itself.
{ names, paths, handymen, ... }:
{
  # Service accounts: static (a stable uid for peer and for the files), no login, no password, no keys.
  services = {
    ${names.superuser} = { home = paths.postgresqlHome; shell = paths.nologin; };
    ${names.odoo} = { home = paths.odooState; shell = paths.nologin; };
    ${names.pgadmin} = { home = paths.pgadminState; shell = paths.nologin; };
  };
  # People: ordinary users with a key, and no password either. Their homes are closed to each other.
  people = {
    ${names.admin} = { home = "/home/${names.admin}"; shell = paths.loginShell; };
  }
  // builtins.mapAttrs (name: _: { home = "/home/${name}"; shell = paths.loginShell; }) handymen;
  homeMode = "0700";

  # Folders that exist before any service starts. InaccessiblePaths= without "-" fails on a missing one, and
  # with "-" silently leaves it open.
  directories = [
    { path = paths.socketDirectory; mode = "0755"; user = names.superuser; }
    { path = paths.postgresqlHome; mode = "0750"; user = names.superuser; }
    { path = paths.odooState; mode = "0700"; user = names.odoo; }
    { path = paths.pgadminState; mode = "0700"; user = names.pgadmin; }
    { path = paths.pgadminLog; mode = "0700"; user = names.pgadmin; }
    { path = paths.backupDirectory; mode = "0700"; user = "root"; }
  ];

  # systemd-resolved, which otherwise listens on 0.0.0.0:5355 and 0.0.0.0:5353.
  resolved = {
    LLMNR = "no";
    MulticastDNS = "no";
  };

  # systemd-ssh-generator adds sshd-unix-local.socket (and one for vsock): a second door to sshd, which every
  # local user and service can reach.
  maskedGenerators = [ "systemd-ssh-generator" ];
}
