# Locations on NixOS, for policy/paths.nix: a function of the packages' store paths, so that it can be called without nixpkgs.
{
  postgresql,
  odoo,
  # A Python environment with pgAdmin and gunicorn, and the folder in it that holds modules.
  pgadmin,
  sitePackages,
  nginx,
  mailcap,
  nftables,
  coreutils,
  shadow,
  shell,
  guestAgent,
  # Files of secrets; null if there is none.
  odooMasterPassword ? null,
  tlsCertificate ? null,
  tlsKey ? null,
  backupDirectory,
}:
let
  given = builtins.listToAttrs (
    builtins.concatMap (
      name:
      if secrets.${name} == null then
        [ ]
      else
        [
          {
            inherit name;
            value = secrets.${name};
          }
        ]
    ) (builtins.attrNames secrets)
  );
  secrets = {
    inherit odooMasterPassword tlsCertificate tlsKey;
  };
in
{
  postgresqlProgram = "${postgresql}/bin/postgres";
  odooProgram = "${odoo}/bin/odoo";
  gunicornProgram = "${pgadmin}/bin/gunicorn";
  pgadminPackage = "${pgadmin}/${sitePackages}/pgadmin4";
  nginxProgram = "${nginx}/bin/nginx";
  nginxMimeTypes = "${mailcap}/etc/nginx/mime.types";
  guestAgentProgram = "${guestAgent}/bin/qemu-ga";
  kill = "${coreutils}/bin/kill";
  nologin = "${shadow}/bin/nologin";
  nftProgram = "${nftables}/bin/nft";
  # NixOS creates this folder and makes it immutable.
  emptyHome = "/var/empty";
  inherit shell;
  bash = shell;
  # As in users.defaultUserShell: a link that survives an update of bash.
  loginShell = "/run/current-system/sw/bin/bash";

  # The target waits for the units that create the roles and databases, the service does not.
  postgresqlUnit = "postgresql.target";
  webUser = "nginx";
  webGroup = "nginx";

  # All programs are there; /bin/sh and /usr/bin/env are links into it.
  execPaths = [ "/nix/store" ];
  dataDirectory = "/var/lib/postgresql/17";
  inherit backupDirectory;
}
// given
