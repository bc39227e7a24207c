# The root file system: the system's closure, the host key (it is in the manifest; sshd-keygen creates only missing keys) and the
# secrets. Built without a VM and without root.
#
# It contains no databases. The machine creates them at its first boot (../odoo.nix), which takes one to two minutes with KVM;
# boxtest boots a guest once and forks it.
{
  callPackage,
  closureInfo,
  qemu-utils,
  e2fsprogs,
  runCommand,
  modulesPath,
  config,
  diskMiB ? 8192,
}:
let
  keys = config.system.build.guestKeys;
  inherit (config.system.build) toplevel;
  # Every user of the machine can read the machine's store.
  closure =
    runCommand "odoo-box-closure" { private = "${keys}"; } ''
      if grep -qxF "$private" ${closureInfo { rootPaths = [ toplevel ]; }}/store-paths; then
        echo "the system refers to $private, where the test's private keys and passwords are:"
        echo 'everybody in the machine could read them in /nix/store; use the output "public"'
        exit 1
      fi
      touch $out
    '';
  ext4 = callPackage (modulesPath + "/../lib/make-ext4-fs.nix") {
    storePaths = [ toplevel ];
    volumeLabel = "odoo-box";
    # Under fakeroot: root owns all of it.
    populateImageCommands = ''
      test -e ${closure}
      install -d -m 755 files/etc files/etc/ssh files/etc/odoo-box
      install -m 600 ${keys}/host/ssh_host_ed25519_key files/etc/ssh/ssh_host_ed25519_key
      install -m 644 ${keys.public}/ssh_host_ed25519_key.pub files/etc/ssh/ssh_host_ed25519_key.pub
      install -m 600 ${keys}/secrets/* ${keys}/host/tls.key files/etc/odoo-box
      install -m 644 ${keys.public}/tls.crt files/etc/odoo-box/tls.crt
    '';
  };
in
# make-ext4-fs leaves 16 MiB free: space for databases is added here. In qcow2 format it uses no space in the store.
runCommand "odoo-box-disk"
  {
    nativeBuildInputs = [
      qemu-utils
      e2fsprogs
    ];
    # Store paths in the machine are also store paths of the builder: without this the disk would depend on the whole system.
    __structuredAttrs = true;
    unsafeDiscardReferences.out = true;
    passthru = {
      inherit closure ext4;
    };
  }
  ''
    mkdir $out
    cp --sparse=always ${ext4} disk.raw
    chmod u+w disk.raw
    # What this disk was made with: keys that are built again are others.
    mkdir $out/made-with
    for file in ssh/ssh_host_ed25519_key.pub odoo-box/tls.crt; do
      debugfs -R "cat /etc/$file" disk.raw > "$out/made-with/$(basename "$file")"
    done
    truncate -s ${toString diskMiB}M disk.raw
    resize2fs disk.raw
    qemu-img convert -f raw -O qcow2 disk.raw $out/disk.qcow2
  ''
