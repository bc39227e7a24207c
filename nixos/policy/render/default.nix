# Renders the policy to the text of configuration files: a policy -> texts. Pure Nix too, so that every flavour and every
# comparison of two flavours reads identical text.
policy:
let
  lib = import ../lib.nix;
  arguments = { inherit lib policy; };
  systemd = import ./systemd.nix arguments;
in
{
  postgresqlConf = (import ./postgresql.nix arguments).settings;
  pgHbaConf = (import ./postgresql.nix arguments).hba;
  pgIdentConf = (import ./postgresql.nix arguments).ident;
  odooConf = import ./odoo.nix arguments;
  pgadminConfigSystem = (import ./pgadmin.nix arguments).configSystem;
  pgadminServers = (import ./pgadmin.nix arguments).servers;
  pgServiceConf = (import ./pgadmin.nix arguments).service;
  nginxConf = import ./nginx.nix arguments;
  sshdConf = (import ./access.nix arguments).sshd;
  sudoers = (import ./access.nix arguments).sudoers;
  filterConf = import ./filter.nix arguments;
  sysctlConf = systemd.sysctl;
  resolvedConf = systemd.resolved;
  tmpfilesConf = systemd.tmpfiles;
  # File name -> text: the services, then the sockets.
  units = systemd.units;
}
