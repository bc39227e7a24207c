# shellcheck shell=bash
# Shared by the scripts in ci/: messages, the cache folder, the machine's Debian mirror.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/boxtest

say() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 3
}

# Debian's release number, or nothing on another system.
debian_release() {
  # shellcheck source=/dev/null
  (. /etc/os-release && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_ID:-}") || true
}

# The Debian archive this machine's own apt uses; DEBIAN_MIRROR overrides it.
debian_mirror() {
  local mirror=${DEBIAN_MIRROR:-}
  if [ -z "$mirror" ]; then
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -n 1)
  fi
  [ -n "$mirror" ] || die "apt's configuration names no Debian archive: set DEBIAN_MIRROR to one"
  printf '%s' "$mirror"
}

# run_logged STEP COMMAND...: runs it quietly; on failure shows the end of its log and where the log is.
# In a subshell of its own, not as an `if` condition: there a shell function would go on after its first failed command.
run_logged() {
  local step=$1 log status begun=$SECONDS
  shift
  mkdir -p "$cache/logs"
  log=$cache/logs/$(printf '%s' "$step" | tr -c 'A-Za-z0-9.\n' '-').log
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    say "$step: $((SECONDS - begun)) s"
  else
    printf '%s: failed; the end of %s:\n' "$step" "$log" >&2
    tail -n 30 "$log" >&2
    return "$status"
  fi
}
