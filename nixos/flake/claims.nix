# The claims that have scenarios, from the table that those are compiled with: a claim that is added there is a check at once.
# One that a run of its own proves (on another guest) has none.
let
  entries = builtins.filter builtins.isString (
    builtins.split "[^a-zA-Z]Claim[{]\n" (builtins.readFile ../../scenarios/Claims.cpp)
  );
  idOf = entry: builtins.match "[[:space:]]*[.]id = \"([a-z0-9-]+)\",.*" entry;
  hasARun = entry: builtins.match ".*[[:space:]][.]run = .*" entry != null;
  found = builtins.filter (entry: idOf entry != null && !hasARun entry) entries;
in
if found == [ ] then
  throw "scenarios/Claims.cpp has no claim that nixos/flake/claims.nix can read"
else
  map (entry: builtins.head (idOf entry)) found
