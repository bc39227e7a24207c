# shellcheck shell=bash
# Shared by the steps: the folders of a build, and functions that run commands inside the guest's root.

: "${GUEST_FOLDER:?}" "${GUEST_ID:?}"
# ci/debian-guest: set by the script that reads this file.
: "${here:?}"
GUEST_WORK=$GUEST_FOLDER/work
GUEST_ROOT=$GUEST_WORK/root
GUEST_RENDERED=$GUEST_WORK/rendered.json
GUEST_KEYS=$GUEST_FOLDER/keys
GUEST_SECRETS=$GUEST_FOLDER/secrets
# In a folder from which every service's ExecPaths= allows execution.
GUEST_PROBE=/usr/libexec/boxtest-probe
# For the shape "nixos": prefix of the programs' folders, named like Nix's store paths.
GUEST_STORE=/nix/store/00000000000000000000000000000000
export GUEST_STORE GUEST_WORK GUEST_ROOT GUEST_RENDERED GUEST_KEYS GUEST_SECRETS GUEST_PROBE

# policy PATH: prints a value of the policy, by a jq path such as .names.odoo
policy() { jq -er ".policy$1" "$GUEST_RENDERED"; }

# install_files [PREFIX]: installs the rendered files whose path begins with PREFIX.
install_files() { "$here/install-files" "$GUEST_ROOT" "$@" <"$GUEST_RENDERED"; }

# Mounts what programs in the guest's root need, because the guest is not booted. /run is a tmpfs, so that files that the build
# puts there (its resolver, its certificates) cannot get into the image.
open_root() {
  mount -t proc proc "$GUEST_ROOT/proc"
  mount -t tmpfs -o mode=755 tmpfs "$GUEST_ROOT/run"
  mount -t tmpfs -o mode=1777 tmpfs "$GUEST_ROOT/dev/shm"
  mount -t tmpfs -o mode=1777 tmpfs "$GUEST_ROOT/tmp"
  mkdir -p "$GUEST_ROOT/run/lock" "$GUEST_ROOT/run/sshd"
}
close_root() { umount -R "$GUEST_ROOT/tmp" "$GUEST_ROOT/dev/shm" "$GUEST_ROOT/run" "$GUEST_ROOT/proc"; }

# in_guest [NAME=VALUE...] COMMAND...: runs COMMAND as root, in the guest's root, with a clean environment.
in_guest() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$GUEST_ROOT" env "$@"
}

# as_guest_user USER [NAME=VALUE...] COMMAND...
as_guest_user() {
  local user=$1
  shift
  in_guest --chdir=/ runuser -u "$user" -- env "$@"
}

# new_secret FILE: writes a new secret of 24 random bytes to FILE (0600), in base64 and without a newline.
new_secret() { (umask 077 && openssl rand -base64 24 | tr -d '\n' >"$1"); }

psql_as_superuser() {
  local superuser
  superuser=$(policy .names.superuser)
  as_guest_user "$superuser" PGOPTIONS='-c search_path=pg_catalog,pg_temp' \
    psql -X -v ON_ERROR_STOP=1 -h "$(policy .paths.socketDirectory)" -p "$(policy .settings.postgresqlPort)" "$@"
}
