# Evaluates the sentences of one file of cases: name -> true, or what was found instead.
{ case }:
let
  evaluate = import ./evaluate.nix { };
in
import case {
  inherit evaluate;
  lib = import ./stub/lib;
  profile = evaluate { imports = [ ../../nixos/guest/profile.nix ]; };
  otherNames = evaluate {
    imports = [
      ../../nixos/guest/profile.nix
      ../../nixos/guest/other-names.nix
    ];
  };
  example = import ./example.nix;
  contains = needle: text: builtins.replaceStrings [ needle ] [ "" ] text != text;
  allAre =
    good: list:
    let
      bad = builtins.filter (one: !good one) list;
    in
    if bad == [ ] then true else bad;
  equals = expected: found: if expected == found then true else { inherit expected found; };
}
