# The contents of each file of the machine's store, as it was built: the scenarios compare the machine's files with them. One line
# for each file: its SHA-256, a tab and its path; for each link: "-> ", its target, a tab and its path.
{
  runCommand,
  closureInfo,
  config,
}:
runCommand "odoo-box-checksums"
  {
    # As with the disk (./image.nix): the output names all paths of the machine's store, without a dependency on them.
    __structuredAttrs = true;
    unsafeDiscardReferences.out = true;
  }
  ''
    paths=${closureInfo { rootPaths = [ config.system.build.toplevel ]; }}/store-paths
    {
      xargs -I PATH find PATH -type f -print0 <"$paths" | xargs -0 sha256sum --zero | sed -z 's#^\([0-9a-f]*\)  #\1\t#'
      xargs -I PATH find PATH -type l -printf '%l\t%p\0' <"$paths" | sed -z 's#^\(.*\)\t#-> \1\t#'
    } | LC_ALL=C sort -z | tr '\0' '\n' >checksums
    test -s checksums
    mkdir $out
    mv checksums $out/checksums
  ''
