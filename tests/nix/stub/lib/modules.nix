# A module system as small as the tests can do with: imports, options, config, mkIf, mkMerge, mkForce, types that merge.
# It omits parts of nixpkgs' module system. The parts that it has behave as in nixpkgs.
rec {
  mkOption = option: option // { _type = "option"; };
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkForce = mkOverride 50;
  mkDefault = mkOverride 1000;
  # No test depends on the order of merged values.
  mkAfter = content: content;

  kind = value: if builtins.isAttrs value then value._type or "" else "";
  # Moves properties inwards by one level without evaluating their conditions, which may depend on the option itself.
  push =
    value:
    if kind value == "if" then
      map (builtins.mapAttrs (_: mkIf value.condition)) (push value.content)
    else if kind value == "merge" then
      builtins.concatMap push value.contents
    else if kind value == "override" then
      map (builtins.mapAttrs (_: mkOverride value.priority)) (push value.content)
    else
      [ value ];
  # A definition -> [ { value; priority; } ], with its conditions evaluated.
  discharge =
    priority: value:
    if kind value == "if" then
      (if value.condition then discharge priority value.content else [ ])
    else if kind value == "merge" then
      builtins.concatMap (discharge priority) value.contents
    else if kind value == "override" then
      discharge value.priority value.content
    else
      [ { inherit value priority; } ];

  # The values of the definitions with the highest precedence, without properties.
  winners =
    definitions:
    let
      all = builtins.concatMap (discharge 100) definitions;
      least = builtins.foldl' (least: one: if one.priority < least then one.priority else least) 9999 all;
    in
    map (one: one.value) (builtins.filter (one: one.priority == least) all);

  show = builtins.concatStringsSep ".";

  # Values of one type, checked and merged.
  mergeType =
    path: type: values:
    let
      bad = builtins.filter (value: !type.check value) values;
    in
    if bad != [ ] then
      throw "A definition for option `${show path}' is not of type `${type.name}'."
    else
      type.merge path values;

  evalOption =
    path: option: definitions:
    let
      values = winners definitions;
      count = builtins.length (builtins.concatMap (discharge 100) definitions);
      merged =
        if values == [ ] then
          option.default
            or (throw "The option `${show path}' was accessed but has no value defined. Try setting the option.")
        else if (option.readOnly or false) && count > 1 then
          throw "The option `${show path}' is read-only, but it's set multiple times."
        else
          mergeType path option.type values;
    in
    (option.apply or (value: value)) merged;

  # The definitions of one name, taken from the definitions of the enclosing set.
  below =
    name: definitions:
    builtins.concatMap (
      definition:
      builtins.concatMap (attrs: if attrs ? ${name} then [ attrs.${name} ] else [ ]) (push definition)
    ) definitions;

  evalSet =
    path: options: definitions:
    builtins.mapAttrs (
      name: option:
      if kind option == "option" then
        evalOption (path ++ [ name ]) option (below name definitions)
      else
        evalSet (path ++ [ name ]) option (below name definitions)
    ) options;

  # Paths that are defined but are not options.
  unknownIn =
    path: options: definitions:
    let
      names = builtins.attrNames (
        builtins.foldl' (all: attrs: all // attrs) { } (builtins.concatMap push definitions)
      );
    in
    builtins.concatMap (
      name:
      if !(options ? ${name}) then
        [ (show (path ++ [ name ])) ]
      else if kind options.${name} == "option" then
        [ ]
      else
        unknownIn (path ++ [ name ]) options.${name} (below name definitions)
    ) names;

  # Merges the option declarations of two modules into one tree.
  mergeOptions =
    path: a: b:
    a
    // builtins.mapAttrs (
      name: option:
      if !(a ? ${name}) then
        option
      else if kind option == "option" || kind a.${name} == "option" then
        throw "The option `${show (path ++ [ name ])}' is already declared."
      else
        mergeOptions (path ++ [ name ]) a.${name} option
    ) b;

  structural = [
    "_class"
    "_file"
    "config"
    "imports"
    "options"
  ];
  normalise =
    module:
    if module ? config || module ? options then
      let
        stray = builtins.attrNames (removeAttrs module structural);
      in
      if stray != [ ] then
        throw "Module has an unsupported attribute `${builtins.head stray}'. This is caused by introducing a top-level `config' or `options' attribute."
      else
        {
          imports = module.imports or [ ];
          options = module.options or { };
          config = module.config or { };
        }
    else
      {
        imports = module.imports or [ ];
        options = { };
        config = removeAttrs module structural;
      };
  load =
    arguments: module:
    let
      content = if builtins.isAttrs module || builtins.isFunction module then module else import module;
      loaded = normalise (if builtins.isFunction content then content arguments else content);
    in
    [ loaded ] ++ builtins.concatMap (load arguments) loaded.imports;

  evalModules =
    {
      modules,
      specialArgs ? { },
    }:
    let
      loaded = builtins.concatMap (load (
        specialArgs
        // {
          inherit config options;
          lib = import ./.;
        }
      )) modules;
      options = builtins.foldl' (mergeOptions [ ]) { } (map (module: module.options) loaded);
      definitions = map (module: module.config) loaded;
      config = evalSet [ ] options definitions;
    in
    {
      inherit config options;
      unknown = unknownIn [ ] options definitions;
    };
}
