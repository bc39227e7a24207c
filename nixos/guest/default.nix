# The guest's folder: kernel, initrd, disk, keys, and guest.json, which describes them. `config` is that of a NixOS system with
# ./profile.nix.
{
  lib,
  pkgs,
  config,
  modulesPath,
}:
let
  keys = config.system.build.guestKeys;
  image = pkgs.callPackage ./image.nix { inherit config modulesPath; };
  checksums = pkgs.callPackage ./checksums.nix { inherit config; };
  manifest = pkgs.writeText "guest.json" (
    builtins.toJSON (import ./manifest.nix { inherit config pkgs; })
  );
  # Outputs that are built from the keys, by name only: once the disk exists, the file system is not needed any more.
  ofKeys = "${keys} ${keys.public} ${image} ${builtins.unsafeDiscardStringContext "${image.ext4}"}";
  kernel = "${config.system.build.kernel}/${config.system.boot.loader.kernelFile}";
  initrd = "${config.system.build.initialRamdisk}/${config.system.boot.loader.initrdFile}";
in
pkgs.runCommand "odoo-box-guest"
  {
    nativeBuildInputs = [
      pkgs.jq
      pkgs.check-jsonschema
      pkgs.openssh
    ];
    passthru = {
      inherit config image keys checksums;
      inherit (image) closure;
    };
    meta.description = "The Odoo Box as a machine for boxtest: kernel, initrd, disk, keys and guest.json";
    meta.platforms = lib.platforms.linux;
  }
  ''
    # Keys are made at random. Where some of this was built again, and some was still there, they would not fit.
    fits() {
      if ! "$@"; then
        echo "these are of different builds. Remove the result links of guests, delete these and what refers to them, and build again:"
        echo "nix-store --delete \$(for path in ${ofKeys}; do nix-store --query --referrers-closure \$path; done 2>/dev/null | sort -u)"
        exit 1
      fi
    }
    for made in ${image}/made-with/*; do
      fits cmp "$made" "${keys.public}/$(basename "$made")"
    done
    for key in ${keys}/keys/*; do
      install -m 600 "$key" key
      ssh-keygen -y -f key | cut -d' ' -f1,2 > public
      cut -d' ' -f1,2 "${keys.public}/$(basename "$key").pub" > expected
      fits cmp public expected
    done

    mkdir $out
    cp ${kernel} $out/kernel
    cp ${initrd} $out/initrd
    ln -s ${image}/disk.qcow2 $out/disk.qcow2
    ln -s ${checksums}/checksums $out/checksums
    cp -r ${keys}/keys ${keys}/secrets ${keys.public}/ca.crt $out/
    chmod -R u+w $out
    # ssh refuses a key that others can read, and the store opens every file to all: boxtest copies it first.
    hostKey=$(cut -d' ' -f1,2 ${keys.public}/ssh_host_ed25519_key.pub)
    # The folder's own store hash: it covers everything that went in.
    id=''${out#"$NIX_STORE"/}
    jq --arg id "''${id%%-*}" --arg hostKey "$hostKey" '.id = $id | .ssh.host_key = $hostKey' ${manifest} > guest.json
    check-jsonschema --schemafile ${../../docs/guest.schema.json} guest.json
    printf '%s %s\n' ${lib.escapeShellArg config.services.odoo-box.domain} "$hostKey" > $out/known_hosts
    cp guest.json $out/guest.json
  ''
