# The claims that sabotages break: the names of the catalogue's files.
{ lib }:
map (lib.removeSuffix ".sabotage") (
  builtins.filter (lib.hasSuffix ".sabotage") (
    builtins.attrNames (builtins.readDir ../../tests/sabotage)
  )
)
