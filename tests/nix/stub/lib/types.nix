# Option types: { name; check; merge; }.
{ modules }:
let
  inherit (modules)
    below
    discharge
    evalOption
    mergeType
    push
    show
    ;
  one =
    path: values:
    if builtins.length values == 1 || builtins.all (value: value == builtins.head values) values then
      builtins.head values
    else
      throw "The option `${show path}' has conflicting definition values.";
  simple = name: check: {
    inherit name check;
    merge = one;
  };
  matching =
    name: pattern: simple name (value: builtins.isString value && builtins.match pattern value != null);
  isPath =
    value:
    builtins.isPath value
    || (builtins.isString value && builtins.substring 0 1 value == "/")
    || value ? outPath;
  liesInStore =
    value: builtins.isPath value || builtins.substring 0 11 (toString value) == "/nix/store/";
in
rec {
  anything = simple "anything" (_: true) // {
    merge =
      path: values:
      if
        builtins.length values > 1
        && builtins.all (value: builtins.isAttrs value && !(value ? outPath)) values
      then
        (attrsOf anything).merge path values
      else
        one path values;
  };
  raw = simple "raw value" (_: true) // {
    merge =
      path: values:
      if builtins.length values == 1 then
        builtins.head values
      else
        throw "The option `${show path}' is defined multiple times.";
  };
  bool = simple "boolean" builtins.isBool;
  int = simple "signed integer" builtins.isInt;
  ints.unsigned = simple "unsigned integer" (value: builtins.isInt value && value >= 0);
  ints.between =
    low: high:
    simple "integer between ${toString low} and ${toString high}" (
      value: builtins.isInt value && value >= low && value <= high
    );
  port = ints.between 0 65535;
  str = simple "string" builtins.isString;
  singleLineStr = matching "(optionally newline-terminated) single-line string" "[^\n]*\n?";
  strMatching = pattern: matching "string matching the pattern ${pattern}" pattern;
  lines = str // {
    merge = _: builtins.concatStringsSep "\n";
  };
  commas = str // {
    merge = _: builtins.concatStringsSep ",";
  };
  path = simple "absolute path" isPath;
  pathWith =
    { inStore, absolute }:
    simple "absolute path not in the Nix store" (
      value: inStore == false && absolute && isPath value && !(value ? outPath) && !(liesInStore value)
    );
  package = simple "package" (value: builtins.isAttrs value && value ? outPath);
  enum = values: simple "one of ${builtins.toJSON values}" (value: builtins.elem value values);
  either = a: b: {
    name = "${a.name} or ${b.name}";
    check = value: a.check value || b.check value;
    merge =
      path: values: if builtins.all a.check values then a.merge path values else b.merge path values;
  };
  oneOf = list: builtins.foldl' either (builtins.head list) (builtins.tail list);
  nullOr = type: {
    name = "null or ${type.name}";
    check = value: value == null || type.check value;
    merge =
      path: values:
      if builtins.all (value: value == null) values then null else mergeType path type values;
  };
  listOf = type: {
    name = "list of ${type.name}";
    check = builtins.isList;
    merge =
      path: values: map (value: mergeType (path ++ [ "*" ]) type [ value ]) (builtins.concatLists values);
  };
  attrsOf = type: {
    name = "attribute set of ${type.name}";
    check = builtins.isAttrs;
    merge =
      path: values:
      let
        all = builtins.foldl' (all: attrs: all // attrs) { } (builtins.concatMap push values);
        there = builtins.filter (name: builtins.concatMap (discharge 100) (below name values) != [ ]) (
          builtins.attrNames all
        );
      in
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = evalOption (path ++ [ name ]) { inherit type; } (below name values);
        }) there
      );
  };
  # { options, freeform ? null } -> a set with these options, and with other values of the type freeform unless it is null.
  submoduleWith =
    {
      options,
      freeform ? null,
      config ? { },
    }:
    {
      name = "submodule";
      check = builtins.isAttrs;
      merge =
        path: values:
        let
          definitions = values ++ [ config ];
          known = modules.evalSet path options definitions;
          others = map (attrs: removeAttrs attrs (builtins.attrNames options)) (
            builtins.concatMap push values
          );
          stray = modules.unknownIn path options definitions;
        in
        if freeform != null then
          (attrsOf freeform).merge path others // known
        else if stray != [ ] then
          throw "The option `${builtins.head stray}' does not exist."
        else
          known;
    };
  submodule = module: submoduleWith { inherit (module) options; };
  # A value in a section of a systemd unit: several lists are merged into one, several scalars must be equal.
  unitOption = {
    name = "systemd option";
    check =
      value:
      builtins.isList value
      || builtins.isString value
      || builtins.isInt value
      || builtins.isBool value
      || value ? outPath
      || builtins.isPath value;
    merge =
      path: values:
      if builtins.any builtins.isList values then
        builtins.concatMap (value: if builtins.isList value then value else [ value ]) values
      else
        one path values;
  };
}
