# The functions of nixpkgs' lib that this project uses. One that is missing here is an error there as well, or is to be
# looked up and added.
let
  modules = import ./modules.nix;
  types = import ./types.nix { inherit modules; };
in
rec {
  inherit types;
  inherit (modules)
    evalModules
    mkAfter
    mkDefault
    mkForce
    mkIf
    mkMerge
    mkOption
    ;
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    elem
    filter
    head
    length
    listToAttrs
    mapAttrs
    ;
  id = value: value;
  optionalString = condition: text: if condition then text else "";
  optionals = condition: list: if condition then list else [ ];
  optionalAttrs = condition: attrs: if condition then attrs else { };
  genAttrs =
    names: f:
    listToAttrs (
      map (name: {
        inherit name;
        value = f name;
      }) names
    );
  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = f: attrs: listToAttrs (map (name: f name attrs.${name}) (attrNames attrs));
  mapAttrsToList = f: attrs: map (name: f name attrs.${name}) (attrNames attrs);
  filterAttrs =
    good: attrs: removeAttrs attrs (filter (name: !good name attrs.${name}) (attrNames attrs));
  attrByPath =
    path: default: attrs:
    if path == [ ] then
      attrs
    else if attrs ? ${head path} then
      attrByPath (builtins.tail path) default attrs.${head path}
    else
      default;
  concatStrings = builtins.concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  splitString =
    separator: text:
    filter builtins.isString (builtins.split (if separator == "." then "\\." else separator) text);
  any = builtins.any;
  hasInfix = infix: text: builtins.replaceStrings [ infix ] [ "" ] text != text;
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
  hasSuffix = suffix: text: removeSuffix suffix text != text;
  removeSuffix =
    suffix: text:
    let
      kept = builtins.stringLength text - builtins.stringLength suffix;
    in
    if kept >= 0 && builtins.substring kept (-1) text == suffix then
      builtins.substring 0 kept text
    else
      text;
  escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
  makeBinPath = packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
  cmakeBool = name: value: "-D${name}:BOOL=${if value then "TRUE" else "FALSE"}";
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  getExe = package: "${package}/bin/${package.meta.mainProgram}";
  getExe' = package: program: "${package}/bin/${program}";
  versions.major = version: head (builtins.splitVersion version);
  mkEnableOption =
    what:
    mkOption {
      type = types.bool;
      default = false;
      description = "Whether to enable ${what}.";
    };
  mkPackageOption =
    pkgs: name:
    {
      extraDescription ? "",
    }:
    mkOption {
      type = types.package;
      default = pkgs.${name};
      description = "The ${name} package to use. ${extraDescription}";
    };
  licenses.mit = "MIT";
  platforms.linux = [
    "x86_64-linux"
    "aarch64-linux"
  ];
  # Paths are checked: a missing path is an error, as in nixpkgs.
  fileset = {
    unions =
      paths:
      map (
        path:
        if builtins.pathExists path then
          path
        else
          throw "lib.fileset.unions: ${toString path} does not exist"
      ) paths;
    toSource = { root, fileset }: builtins.seq (length fileset) (builtins.deepSeq fileset "${root}/.");
  };
}
