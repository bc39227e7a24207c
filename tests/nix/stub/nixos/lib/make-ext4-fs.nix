# The arguments of nixpkgs' function, and no others; $out is the image file itself.
{
  pkgs,
  storePaths,
  volumeLabel,
  populateImageCommands ? "",
  compressImage ? false,
  uuid ? "",
}:
pkgs.runCommand "ext4-fs.img"
  {
    nativeBuildInputs = [ pkgs.e2fsprogs ];
    inherit storePaths volumeLabel uuid;
  }
  ''
    mkdir files
    ${populateImageCommands}
    mke2fs -q -t ext4 -L "$volumeLabel" -d files $out 64M
  ''
