# The claims that sabotages break: the names of the catalogue's files.
{ lib }:
map (lib.removeSuffix ".toml") (
  builtins.filter (lib.hasSuffix ".toml") (
    builtins.attrNames (builtins.readDir ../../tests/sabotage)
  )
)
