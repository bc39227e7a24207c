# shellcheck shell=bash
# What guests of other names and another policy have in common: the packages, and pgAdmin's virtual environment. It is kept as
# archives, so that the next guest takes seconds for what would be minutes.
#
# An archive's name is a hash of all that made it. As with a guest, what the mirror holds that day is no part of it; but after a week
# everything is fetched again, and BOXTEST_GUEST_REFRESH=1 does it at once.

: "${here:?}" "${cache:?}" "${GUEST_ROOT:?}"
base_folder=$cache/downloads/guest-base

# base_archive PART FILE...: prints the archive's path; the files are those that decide what is in it, beside this folder's common ones.
base_archive() {
  local part=$1 key
  shift
  key=$({
    printf '%s\n' "$BOXTEST_GUEST_SUITE" "$BOXTEST_ODOO_SUITE" "$DEBIAN_MIRROR" "$(uname -m)"
    cat "$here/lib/base.sh" "$here/lib/guest.sh" "$@"
  } | sha256sum | cut -c1-32)
  printf '%s/%s-%s.tar.zst' "$base_folder" "$part" "$key"
}

# unpack_base ARCHIVE FOLDER: below FOLDER, if the archive is there and still of use; otherwise it fails and changes nothing. Ends the step when it cannot be unpacked.
unpack_base() {
  local archive=$1 folder=$2
  if [ -n "${BOXTEST_GUEST_REFRESH:-}" ] || [ -z "$(find "$archive" -mtime -7 2>/dev/null)" ]; then return 1; fi
  if ! zstd -q -t "$archive"; then
    rm -f "$archive"
    return 1
  fi
  echo "unpacking the kept ${archive##*/}"
  mkdir -p "$folder"
  zstd -q -d -c "$archive" | tar --extract --numeric-owner --xattrs --xattrs-include='*' --acls --preserve-permissions --directory="$folder" || {
    echo "cannot unpack ${archive##*/}"
    exit 1
  }
}

# keep_base ARCHIVE FOLDER: whole or not at all. Others of this part go when they are a day old, as what interrupted builds left.
keep_base() {
  local archive=$1 folder=$2 part=${1##*/}
  echo "keeping it as ${archive##*/}"
  mkdir -p "$base_folder"
  # In a closed folder, and closed itself: it has files that only root reads.
  (umask 077 && tar --create --numeric-owner --xattrs --acls --one-file-system --sort=name --directory="$folder" . | zstd -q -1 -T0 >"$archive.part.$$")
  mv "$archive.part.$$" "$archive"
  find "$base_folder" -type f -name "${part%%-*}-*" ! -name "$part" -mtime +0 -delete
}
