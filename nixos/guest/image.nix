# The root file system: the system's closure, the host key (which stands in the manifest; sshd-keygen makes only what is
# missing) and the secrets, made without a VM and without root.
#
# There are no databases in it. The machine makes them at its first boot (../odoo.nix), one to two minutes with KVM; boxtest
# boots a guest once and forks that.
{
  callPackage,
  qemu-utils,
  e2fsprogs,
  runCommand,
  modulesPath,
  config,
  diskMiB ? 8192,
}:
let
  keys = config.system.build.guestKeys;
  ext4 = callPackage (modulesPath + "/../lib/make-ext4-fs.nix") {
    storePaths = [ config.system.build.toplevel ];
    volumeLabel = "odoo-box";
    # Under fakeroot: all of it is root's.
    populateImageCommands = ''
      install -d -m 755 files/etc files/etc/ssh files/etc/odoo-box
      install -m 600 ${keys}/host/ssh_host_ed25519_key files/etc/ssh/ssh_host_ed25519_key
      install -m 644 ${keys}/host/ssh_host_ed25519_key.pub files/etc/ssh/ssh_host_ed25519_key.pub
      install -m 600 ${keys}/secrets/* ${keys}/host/tls.key files/etc/odoo-box
      install -m 644 ${keys}/host/tls.crt files/etc/odoo-box/tls.crt
    '';
  };
in
# make-ext4-fs leaves 16 MiB free: room for databases is added here, and takes none in the store, being qcow2.
runCommand "odoo-box-disk.qcow2"
  {
    nativeBuildInputs = [
      qemu-utils
      e2fsprogs
    ];
  }
  ''
    cp --sparse=always ${ext4} disk.raw
    chmod u+w disk.raw
    truncate -s ${toString diskMiB}M disk.raw
    resize2fs disk.raw
    qemu-img convert -f raw -O qcow2 disk.raw $out
  ''
