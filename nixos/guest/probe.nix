# The program that tries to break out of the services (../../scenarios/probe): static, so that it needs only the kernel. Built
# with glibc and not with pkgsStatic: musl has no names of errnos and signals.
{ runCommandCC, glibc }:
runCommandCC "boxtest-probe" { buildInputs = [ glibc.static ]; } ''
  mkdir -p $out/bin
  $CXX -std=c++20 -O2 -static -s -o $out/bin/boxtest-probe ${../../scenarios/probe}/*.cpp
''
