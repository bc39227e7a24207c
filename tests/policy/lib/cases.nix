# Evaluates one case file with what cases need.
{ top, case }:
let
  policy = import (top + "/nixos/policy");
  render = import (top + "/nixos/policy/render");
in
import case rec {
  inherit policy render;
  # Every rendered text of a policy, by file name.
  texts = p: let r = render p; in removeAttrs r [ "units" ] // r.units;
  all = builtins.concatStringsSep "\n" (builtins.attrValues (texts (policy { })));
  contains = needle: text: builtins.replaceStrings [ needle ] [ "" ] text != text;
  lines = text: builtins.filter (line: builtins.isString line && line != "") (builtins.split "\n" text);
  # The elements for which `good` is false; true if there are none.
  allAre = good: list: let bad = builtins.filter (one: !good one) list; in if bad == [ ] then true else bad;
  equals = expected: found: if expected == found then true else { inherit expected found; };
}
