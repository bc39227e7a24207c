# Checks the handymen: { given, names, taken } -> user name -> kind of membership, "documented" or "group".
# null: only names.handyman, created by the documented statement. Each name must satisfy the rules for names.handyman.
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
