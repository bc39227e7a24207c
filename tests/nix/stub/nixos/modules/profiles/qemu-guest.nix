# Kernel modules for the initrd, in nixpkgs.
{ }
