# The ids of all claims, from the table that the scenarios are compiled with: a claim that is added there is a check at once.
let
  table = builtins.readFile ../../scenarios/Claims.cpp;
  found = builtins.filter builtins.isList (
    builtins.split "[^a-zA-Z]Claim[{][[:space:]]*\"([a-z0-9-]+)\"" table
  );
in
if found == [ ] then
  throw "scenarios/Claims.cpp has no claim that nixos/flake/claims.nix can read"
else
  map builtins.head found
