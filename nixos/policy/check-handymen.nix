# The handymen: { given, names, taken } -> user name -> how he is a member, "documented" or "group".
# null: names.handyman alone, by the documented statement. A name must pass as names.handyman would.
{ lib }:
{ given, names, taken }:
let
  inherit (lib) check;
  checkNames = import ./names.nix { inherit lib; };
  memberships = [ "documented" "group" ];
  checkOne =
    name: membership:
    let
      passes = (checkNames { inherit taken; given = names // { handyman = name; }; }).handyman;
    in
    builtins.seq passes (
      check "handymen.${name}" (value: builtins.elem value memberships) "must be documented or group" membership
    );
in
if given == null then
  { ${names.handyman} = "documented"; }
else if !builtins.isAttrs given then
  lib.fail "handymen must be an attribute set, not ${lib.show given}"
else
  builtins.mapAttrs checkOne given
