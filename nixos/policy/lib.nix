# Helpers of the policy's own files: checks and a little arithmetic on lists.
rec {
  fail = message: throw "odoo-box policy: ${message}";
  show = builtins.toJSON;
  matches = pattern: text: builtins.match pattern text != null;
  mapAttrsToList = f: attrs: map (key: f key attrs.${key}) (builtins.attrNames attrs);
  # Directives of nginx: name -> value, or a list of values, as [ "name value" ... ].
  directives =
    attrs:
    builtins.concatLists (
      mapAttrsToList (key: value: map (one: "${key} ${one}") (if builtins.isList value then value else [ value ])) attrs
    );
  quoted = text: "\"${text}\"";

  # Overlays `given` on `defaults`. A key that is not in `defaults` is an error, most likely a misspelled key.
  override =
    section: defaults: given:
    let
      unknown = builtins.filter (key: !(defaults ? ${key})) (builtins.attrNames given);
      known = builtins.concatStringsSep ", " (builtins.attrNames defaults);
    in
    if !builtins.isAttrs given then
      fail "${section} must be an attribute set, not ${show given}"
    else if unknown != [ ] then
      fail "unknown key ${section}.${builtins.head unknown}; known are ${known}"
    else
      defaults // given;

  # Returns `value` if `good`, otherwise ends the evaluation: "names.admin = "X": why".
  check =
    key: good: why: value:
    if good value then value else fail "${key} = ${show value}: ${why}";

  # The first pair of attributes with equal values, as [ a b ], or null.
  firstClash =
    attrs:
    let
      keys = builtins.attrNames attrs;
      pairs = builtins.concatMap (
        a:
        map (b: [
          a
          b
        ]) (builtins.filter (b: a < b && attrs.${a} == attrs.${b}) keys)
      ) keys;
    in
    if pairs == [ ] then null else builtins.head pairs;

  # The TCP port ranges that contain none of `ports`, in the format of systemd's SocketBindDeny=.
  rangesWithout =
    ports:
    let
      sorted = builtins.sort builtins.lessThan ports;
      range =
        first: last:
        if first > last then
          [ ]
        else if first == last then
          [ (toString first) ]
        else
          [ "${toString first}-${toString last}" ];
      step = state: port: {
        next = port + 1;
        ranges = state.ranges ++ range state.next (port - 1);
      };
      end = builtins.foldl' step {
        next = 1;
        ranges = [ ];
      } sorted;
    in
    end.ranges ++ range end.next 65535;

  # Returns a // b; the two must have no attribute in common.
  disjoint =
    what: a: b:
    let
      both = builtins.attrNames (builtins.intersectAttrs a b);
    in
    if both == [ ] then a // b else fail "${what} both set ${builtins.head both}";
}
