# sshd_config and sudoers.
{ lib, policy }:
let
  value =
    v:
    if builtins.isBool v then
      (if v then "yes" else "no")
    else if builtins.isList v then
      builtins.concatStringsSep " " v
    else
      toString v;
  rule =
    r: "${r.user} ALL=(${r.runAs}) ${if r.noPassword then "NOPASSWD: " else ""}${builtins.concatStringsSep ", " r.commands}\n";
  matches = builtins.concatStringsSep "" (
    map (
      match:
      "Match ${match.criteria}\n"
      + builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "  ${key} ${value v}\n") match.settings)
    ) policy.sshd.matches
  );
in
{
  sshd =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key} ${value v}\n") policy.sshd.settings)
    + matches;
  sshdMatches = matches;
  sudoers = "# Rendered from the Odoo Box policy.\n" + builtins.concatStringsSep "" (map rule policy.sudo.rules);
}
