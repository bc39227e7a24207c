# The guest's own folder: what of the host's store its system refers to.
{
  profile,
  otherNames,
  equals,
  ...
}:
let
  # The outputs of the test's keys to which the system refers, by the string context of all its parts.
  refersTo =
    system:
    let
      inherit (system.config.system.build) guestKeys toplevel;
      context = builtins.getContext toplevel.systemText;
    in
    context.${builtins.unsafeDiscardStringContext guestKeys.drvPath}.outputs or [ ];
in
{
  "The system refers to nothing but the public part of the test's keys" =
    equals [ "public" ] (refersTo profile);
  "With other names, too" = equals [ "public" ] (refersTo otherNames);
  "A closed port answers at once, however many are asked" =
    let
      inherit (profile) config;
    in
    equals [ true 0 0 ] [
      config.networking.firewall.rejectPackets
      config.boot.kernel.sysctl."net.ipv4.icmp_ratelimit"
      config.boot.kernel.sysctl."net.ipv6.icmp.ratelimit"
    ];
  "guest.json keeps no path of the machine's store alive" =
    let
      manifest = builtins.toJSON (
        import ../../../nixos/guest/manifest.nix {
          inherit (profile) config;
          inherit (profile) pkgs;
        }
      );
    in
    equals { } (builtins.getContext manifest);
}
