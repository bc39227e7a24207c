# boxtest on a guest, as `nix run` takes it.
{
  pkgs,
  boxtest,
  guest,
  description,
}:
{
  type = "app";
  program = pkgs.lib.getExe (
    pkgs.writeShellApplication {
      name = "boxtest";
      text = ''
        export BOXTEST_GUEST=''${BOXTEST_GUEST:-${guest}}
        exec ${pkgs.lib.getExe boxtest} "$@"
      '';
    }
  );
  meta.description = description;
}
