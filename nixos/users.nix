# Accounts: the services' own, without login; the admin and the handymen, with keys and without passwords.
{ config, lib, ... }:
let
  cfg = config.services.odoo-box;
  inherit (cfg) names values;
  people = cfg.handymen // {
    ${names.admin} = cfg.admin;
  };

  service = name: account: {
    isSystemUser = true;
    group = name;
    home = lib.mkForce account.home;
    createHome = false;
    # nixpkgs gives its user postgres a login shell.
    useDefaultShell = lib.mkForce false;
    shell = lib.mkForce account.shell;
  };
  person = name: account: {
    isNormalUser = true;
    # A group for each user, instead of "users", whose other members could read the user's files.
    group = name;
    inherit (account) home shell;
    inherit (values.users) homeMode;
    # No ranges of sub-ids: no user here creates user namespaces.
    autoSubUidGidRange = false;
    openssh.authorizedKeys.keys = people.${name}.authorizedKeys;
  };
  withFile = lib.filterAttrs (_: person: person.authorizedKeysFile != null) people;

  # The accounts that nixpkgs' modules create under fixed names, if the configured names differ.
  unused = lib.filter (name: !(values.users.services ? ${name}) && !(values.users.people ? ${name})) [
    "odoo"
    "pgadmin"
  ];
in
{
  config = lib.mkIf cfg.enable {
    users.users = lib.mkMerge [
      (lib.mapAttrs service values.users.services)
      (lib.mapAttrs person values.users.people)
      (lib.genAttrs unused (_: {
        enable = false;
      }))
    ];
    users.groups = lib.mapAttrs (_: _: { }) (values.users.services // values.users.people);

    # With a mode it is a copy: sshd's StrictModes refuses a file below /nix/store, because that folder is writable by its group.
    environment.etc = lib.mapAttrs' (
      name: person:
      lib.nameValuePair "ssh/authorized_keys.d/${name}" {
        source = person.authorizedKeysFile;
        mode = "0444";
      }
    ) withFile;

    security.sudo.enable = true;
    security.sudo.extraRules = values.sudo;
  };
}
