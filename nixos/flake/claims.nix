# The claims that have scenarios, read from the table that is compiled with them: a claim that is added there becomes a check. A
# claim that a separate run proves (on another guest) has no check.
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
