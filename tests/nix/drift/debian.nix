# What the Debian reference guest's files say: item -> value, read from the text that the build writes.
{
  text,
  names ? { },
}:
let
  rendered = import ../../../ci/debian-guest/files.nix { given = names; };
  inherit (rendered) policy;
  byPath = builtins.listToAttrs (
    map (file: {
      name = file.path;
      value = file.text;
    }) rendered.files
  );
  under =
    prefix: items:
    builtins.listToAttrs (
      map (name: {
        name = "${prefix}/${name}";
        value = items.${name};
      }) (builtins.attrNames items)
    );
  data = policy.paths.dataDirectory;
  config = policy.paths.configDirectory;
  last = list: builtins.elemAt list (builtins.length list - 1);
  single = builtins.mapAttrs (_: last);
  orSame = value: found: if found == null then value else builtins.head found;
  sqlText =
    value: builtins.replaceStrings [ "''" ] [ "'" ] (orSame value (builtins.match "'(.*)'" value));
  sshd = builtins.split "Match" byPath."/etc/ssh/sshd_config.d/00-odoo-box.conf";
  units = builtins.filter (text.startsWith "/etc/systemd/system/") (builtins.attrNames byPath);
  unit = path: under "unit/${baseNameOf path}" (text.sections byPath.${path});
in
{
  items =
    builtins.foldl' (all: path: all // unit path) { } units
    // under "postgresql.conf" (
      builtins.mapAttrs (_: values: sqlText (last values)) (
        text.group (text.pairs "([a-z_]+) = (.*)" byPath."${data}/postgresql.conf")
      )
    )
    // {
      "pg_hba.conf" = map text.words (text.statements byPath."${data}/pg_hba.conf");
      "pg_ident.conf" = text.statements byPath."${data}/pg_ident.conf";
      "pgadmin/servers.json" =
        builtins.fromJSON
          byPath."${policy.paths.pgadminConfigDirectory}/servers.json";
      "pgadmin/pg_service.conf" =
        text.statements
          byPath."${policy.paths.pgadminConfigDirectory}/pg_service.conf";
      sudoers = map text.words (text.statements byPath."/etc/sudoers.d/odoo-box");
      tmpfiles = map text.words (text.statements byPath."/etc/tmpfiles.d/odoo-box.conf");
      inherit (rendered) maskedGenerators protocolsOnDemand;
      sysctl = single (text.group (text.pairs "([a-z0-9_.*]+) = (.*)" byPath."/etc/sysctl.d/60-odoo-box.conf"));
      filter = text.statements byPath."${config}/filter.nft";
      enabled = builtins.sort builtins.lessThan rendered.enable;
      "roles.sql" = builtins.hashString "sha256" byPath."${config}/roles.sql";
      backup = map (name: builtins.hashString "sha256" byPath."${config}/backup/${name}") [
        "common"
        "backup"
        "restore"
      ];
    }
    // under "odoo.conf" (
      single (
        text.group (
          text.pairs "([a-z_]+) = (.*)" (
            builtins.replaceStrings [ "[options]" ] [ "" ] byPath."${config}/odoo.conf"
          )
        )
      )
    )
    // under "pgadmin/config_system.py" (
      single (
        text.group (
          text.pairs "([A-Z_]+) = (.*)" byPath."${policy.paths.pgadminConfigDirectory}/config_system.py"
        )
      )
    )
    // under "nginx.conf" (text.blocks byPath."${config}/nginx.conf")
    // under "sshd" (
      # The part before the first Match block, then the Match block.
      text.group (text.pairs "([A-Za-z0-9]+) (.*)" (builtins.head sshd))
      // {
        matches = text.statements ("Match" + builtins.elemAt sshd 2);
      }
    )
    // under "resolved" (text.sections byPath."/etc/systemd/resolved.conf.d/odoo-box.conf")
    // under "user" policy.system.services
    // under "person" policy.system.people
    // under "name" policy.names
    // under "setting" policy.settings
    // under "handyman" policy.handymen
    // under "path" policy.paths
    // {
      homeMode = policy.system.homeMode;
      # The options in the build step that creates the cluster.
      initdb =
        builtins.filter
          (
            word:
            builtins.match "-.*" word != null
            || builtins.elem word [
              "peer"
              "UTF8"
            ]
          )
          (
            text.words (
              builtins.head (
                builtins.filter (line: builtins.match ".*/initdb.*" line != null) (
                  text.lines (builtins.readFile ../../../ci/debian-guest/steps/50-postgresql)
                )
              )
            )
          );
    };
}
