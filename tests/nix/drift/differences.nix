# { item = { debian; nixos; }; } for each item that is not the same; null: not there.
let
  text = import ./text.nix;
  guest = import ../evaluate.nix { } { imports = [ ../../../nixos/guest/profile.nix ]; };
  debian = (import ./debian.nix { inherit text; }).items;
  nixos = (import ./nixos.nix { inherit text guest; }).items;
  items = builtins.attrNames (debian // nixos);
  differ = builtins.filter (item: (debian.${item} or null) != (nixos.${item} or null)) items;
in
{
  count = builtins.length items;
  differences = builtins.listToAttrs (
    map (item: {
      name = item;
      value = {
        debian = debian.${item} or null;
        nixos = nixos.${item} or null;
      };
    }) differ
  );
}
