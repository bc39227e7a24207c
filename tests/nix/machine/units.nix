# The four set-up units for a machine that is no NixOS, file name -> text, and their scripts: what they are ordered on, their environment
# and programs are those that the NixOS module gives them (evaluated in the stand-in for nixpkgs). Their directives, restrictions
# and shell text are those of nixos/values.nix and nixos/scripts.nix for the Debian guest's paths.
{
  # Folder on the machine for scripts and SQL; folder of NixOS-like packages, each with bin/.
  folder,
  packages,
}:
let
  lib = import ../../../nixos/policy/lib.nix;
  # The target waits for the set-up units, as on NixOS.
  paths = import ../../../ci/debian-guest/paths.nix // {
    postgresqlUnit = "postgresql.target";
  };
  policy = import ../../../nixos/policy {
    inherit paths;
    settings.sshPenaltyExempt = [ "10.0.2.2" ];
    settings.testMachine = true;
  };
  values = import ../../../nixos/values.nix { inherit policy; };
  scripts = import ../../../nixos/scripts.nix {
    inherit policy values;
    sql = folder;
    roles = "${folder}/roles.sql";
    handymanSql = "${folder}/handyman.sql";
  };
  texts = {
    odoo-box-cluster = scripts.cluster;
    odoo-box-databases = scripts.databases;
    odoo-box-odoo = scripts.odoo { setup = "${folder}/odoo-setup.py"; };
    odoo-box-pgadmin = scripts.pgadmin {
      program = "${folder}/pgadmin4-cli";
      servers = "${policy.paths.pgadminConfigDirectory}/servers.json";
    };
  };
  setups = {
    odoo-box-cluster = values.setups.postgresql;
    odoo-box-databases = values.setups.postgresql;
    odoo-box-odoo = values.setups.odoo // {
      LoadCredential = [ "web-password:${folder}/odoo-web-password" ];
    };
    odoo-box-pgadmin = values.setups.pgadmin // {
      LoadCredential = [ "initial-password:${folder}/pgadmin-password" ];
    };
  };
  onNixos =
    (import ../evaluate.nix { } { imports = [ ../../../nixos/guest/profile.nix ]; })
    .config.systemd.services;

  value = v: if builtins.isBool v then (if v then "yes" else "no") else toString v;
  line = key: v: if builtins.isList v then builtins.concatStringsSep "" (map (line key) v) else "${key}=${value v}\n";
  section = name: attrs: "[${name}]\n" + builtins.concatStringsSep "" (lib.mapAttrsToList line attrs);
  # A unit's PATH as nixpkgs sets it: the unit's own packages, then these five.
  path =
    unit:
    builtins.concatStringsSep ":" (
      map (name: "${packages}/${name}/bin") (
        map (package: package.pname) unit.path
        ++ [
          "coreutils"
          "findutils"
          "gnugrep"
          "gnused"
          "systemd"
        ]
      )
    );
  unit =
    name: text:
    let
      given = onNixos.${name};
      # The condition that names NixOS's data directory, here with Debian's path.
      conditions =
        if given.unitConfig ? ConditionPathExists then
          { ConditionPathExists = "!${policy.paths.dataDirectory}/PG_VERSION"; }
        else
          { };
      relations = {
        After = given.after;
        Before = given.before;
        Requires = given.requires;
      };
    in
    section "Unit" (
      relations // given.unitConfig // conditions // { Description = given.description; }
    )
    + section "Service" (
      setups.${name}
      // {
        Environment =
          (setups.${name}.Environment or [ ])
          ++ lib.mapAttrsToList (key: v: "\"${key}=${v}\"") given.environment
          ++ [ "PATH=${path given}" ];
        ExecStart = "${folder}/${name}";
      }
    )
    + section "Install" { RequiredBy = given.requiredBy; };
in
{
  units = builtins.mapAttrs unit texts;
  # With the first lines that writeShellApplication adds.
  scripts = builtins.mapAttrs (_: text: "#!/bin/bash\nset -o errexit\nset -o nounset\nset -o pipefail\n${text}") texts;
  # The services, which now start after the target.
  services =
    let
      all = (import ../../../nixos/policy/render policy).units;
    in
    {
      "odoo.service" = all."odoo.service";
      "pgadmin.service" = all."pgadmin.service";
    };
  inherit policy;
}
