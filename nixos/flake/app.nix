# boxtest on a guest, as `nix run` takes it.
{
  pkgs,
  boxtest,
  guest,
  description,
  # Of the sources that boxtest was built from, for `boxtest --version`. Told here, so that a commit alone builds nothing anew.
  commit ? "",
}:
{
  type = "app";
  program = pkgs.lib.getExe (
    pkgs.writeShellApplication {
      name = "boxtest";
      text = ''
        export BOXTEST_GUEST=''${BOXTEST_GUEST:-${guest}}
        export BOXTEST_COMMIT=${pkgs.lib.escapeShellArg commit}
        exec ${pkgs.lib.getExe boxtest} "$@"
      '';
    }
  );
  meta.description = description;
}
