# shellcheck shell=bash
# Parts that guests with other names or another policy share: the packages, and pgAdmin's virtual environment. They are kept as
# archives, so that the next guest takes seconds instead of minutes.
#
# An archive's name is a hash of all its inputs. As for a guest, the mirror's content on that day is no input; but after a week
# everything is fetched again, and with BOXTEST_GUEST_REFRESH=1 at once.

: "${here:?}" "${cache:?}" "${GUEST_ROOT:?}"
base_folder=$cache/downloads/guest-base

# base_archive PART FILE...: prints the archive's path; the files determine its contents, in addition to the common files of this
# folder.
base_archive() {
  local part=$1 key
  shift
  key=$({
    printf '%s\n' "$BOXTEST_GUEST_SUITE" "$BOXTEST_ODOO_SUITE" "$DEBIAN_MIRROR" "$(uname -m)"
    cat "$here/lib/base.sh" "$here/lib/guest.sh" "$@"
  } | sha256sum | cut -c1-32)
  printf '%s/%s-%s.tar.zst' "$base_folder" "$part" "$key"
}

# unpack_base ARCHIVE FOLDER: unpacks the archive into FOLDER if it exists, is recent and intact; otherwise fails and does not
# change FOLDER. Ends the step if unpacking fails.
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

# keep_base ARCHIVE FOLDER: stores the archive completely or not at all. Deletes other archives of this part that are at least a
# day old, and so the leftovers of interrupted builds.
keep_base() {
  local archive=$1 folder=$2 part=${1##*/}
  echo "keeping it as ${archive##*/}"
  mkdir -p "$base_folder"
  # The archive and its folder are closed, because it contains files that only root may read.
  (umask 077 && tar --create --numeric-owner --xattrs --acls --one-file-system --sort=name --directory="$folder" . | zstd -q -1 -T0 >"$archive.part.$$")
  mv "$archive.part.$$" "$archive"
  find "$base_folder" -type f -name "${part%%-*}-*" ! -name "$part" -mtime +0 -delete
}
