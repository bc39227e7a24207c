# Development shell: everything to build, test and debug.
{
  pkgs,
  boxtest,
}:
pkgs.mkShell {
  inputsFrom = [ boxtest ];
  packages = [
    pkgs.ccache
    pkgs.chromedriver
    pkgs.chromium
    pkgs.gdb
    pkgs.jq
    pkgs.llvmPackages_19.clang-tools
    pkgs.nixfmt
    pkgs.openssh
    pkgs.postgresql_17
    pkgs.python3
    pkgs.qemu_test
    pkgs.shellcheck
    pkgs.valgrind
  ];
}
