# Every rendered text of the default policy, by file name.
{ top }:
let
  texts = import (top + "/nixos/policy/render") (import (top + "/nixos/policy") { });
in
removeAttrs texts [ "units" ] // texts.units
