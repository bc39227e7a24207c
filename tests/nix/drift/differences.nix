# { item = { debian; nixos; }; } for each item that is not the same; null: not there. With other names: those of
# nixos/guest/other-names.json, except the superuser's name.
{
  otherNames ? false,
}:
let
  text = import ./text.nix;
  guest = import ../evaluate.nix { } {
    imports = [
      ../../../nixos/guest/profile.nix
    ]
    ++ (if otherNames then [ ../../../nixos/guest/other-names.nix ] else [ ]);
  };
  names =
    if otherNames then
      removeAttrs (builtins.fromJSON (builtins.readFile ../../../nixos/guest/other-names.json)) [
        "superuser"
      ]
    else
      { };
  debian = (import ./debian.nix { inherit text names; }).items;
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
