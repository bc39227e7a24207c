# boxtest with a guest, as an app for `nix run`.
{
  pkgs,
  boxtest,
  guest,
  description,
  # Commit of the sources that boxtest was built from, for `boxtest --version`. It is passed here, so that a new commit alone
  # rebuilds nothing.
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
