# The arguments of nixpkgs' function, and no others; $out is the image file itself.
{
  pkgs,
  storePaths,
  volumeLabel,
  populateImageCommands ? "",
  compressImage ? false,
  uuid ? "",
}:
pkgs.runCommand "ext4-fs.img" { inherit storePaths volumeLabel uuid; } populateImageCommands
