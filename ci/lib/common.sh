# shellcheck shell=bash
# Functions shared by the scripts in ci/: messages, the cache folder, the machine's Debian mirror.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/boxtest

# shellcheck source=progress.sh
. "${BASH_SOURCE[0]%/*}/progress.sh"

say() {
  # Clears the line that shows the running steps.
  if [ -d "${BOXTEST_PROGRESS:-}" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
  printf '[%4d s] %s\n' "$SECONDS" "$*" >&2
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 3
}

# repository_git WORDS...: runs git on this tree, even if another user owns the tree (which is common in a container).
repository_git() { git -c "safe.directory=$PWD" "$@"; }

# source_files WORDS...: prints the files of the working folder, which must be the tree's top, that are tracked or not ignored and
# match git's pathspecs WORDS, each terminated by NUL. In a tree without .git (a tarball, a copy) it searches the folders. Fails
# if there is no file.
source_files() {
  local listed
  listed=$(mktemp)
  if [ "$(repository_git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
    repository_git ls-files -co --exclude-standard -z -- "$@" |
      # git still lists files that were removed without a commit.
      while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done >"$listed"
  else
    local word patterns=() folders=()
    for word in "$@"; do
      case $word in
        \**) patterns+=(-o -name "$word") ;;
        *) if [ -e "$word" ]; then folders+=("$word"); fi ;;
      esac
    done
    find "${folders[@]:-.}" \( -name .git -o -path ./build -o -path ./result \) -prune -o \
      -type f ${patterns[@]:+\( "${patterns[@]:1}" \)} -print0 | sed -z 's,^\./,,' | LC_ALL=C sort -z >"$listed"
  fi
  if ! [ -s "$listed" ]; then
    rm -f "$listed"
    die "there is no file to look at: $*"
  fi
  cat "$listed"
  rm -f "$listed"
}

# Debian's release number, or nothing on another system.
debian_release() {
  # shellcheck source=/dev/null
  (. /etc/os-release && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_ID:-}") || true
}

# The Debian archive that this machine's own apt uses; DEBIAN_MIRROR overrides it.
debian_mirror() {
  local mirror=${DEBIAN_MIRROR:-}
  if [ -z "$mirror" ]; then
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | sed -n 1p)
  fi
  [ -n "$mirror" ] || die "apt's configuration names no Debian archive: set DEBIAN_MIRROR to one"
  printf '%s' "$mirror"
}

# run_logged STEP COMMAND...: runs the command quietly; on failure shows the end of its log and the path of the log. After
# progress_open, the step's progress is shown, as progress_reader reports it if set: progress_reader=ninja_progress run_logged ...
run_logged() {
  local step=$1 progress_log status begun=$SECONDS
  shift
  mkdir -p "$cache/logs"
  progress_log=$cache/logs/$(printf '%s' "$step" | tr -c 'A-Za-z0-9.\n' '-').log
  : >"$progress_log"
  set +e
  progress_of "$step" "${progress_reader:-:}" run_into "$progress_log" "$@"
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    say "$step: $((SECONDS - begun)) s"
  else
    if [ -d "${BOXTEST_PROGRESS:-}" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
    printf '%s: failed; the end of %s:\n' "$step" "$progress_log" >&2
    tail -n 30 "$progress_log" >&2
    return "$status"
  fi
}

# run_into LOG COMMAND...: appends the command's output to the file LOG.
run_into() {
  local log=$1
  shift
  "$@" >>"$log" 2>&1
}

# side_by_side COMMAND... -- COMMAND... [-- COMMAND...]: runs the commands at the same time; side_results holds their outputs, in
# order. If a command fails, or a signal ends the script, the other commands and all their child processes are ended. Returns the
# exit status of the failed command.
side_by_side() {
  local words=() outputs=() word status=0 ended id
  side_results=() side_running=()
  trap 'side_end; exit 130' INT
  trap 'side_end; exit 143' TERM HUP
  for word in "$@" --; do
    if [ "$word" != -- ]; then
      words+=("$word")
      continue
    fi
    outputs+=("$(mktemp)")
    # In a separate process group, which can be ended as a whole.
    set -m
    "${words[@]}" </dev/null >"${outputs[-1]}" &
    set +m
    side_running+=("$!")
    words=()
  done
  for _ in "${side_running[@]}"; do
    ended=
    wait -n -p ended "${side_running[@]}" || status=$?
    if [ "$status" != 0 ]; then break; fi
    for id in "${!side_running[@]}"; do
      if [ "${side_running[id]}" = "$ended" ]; then unset "side_running[id]"; fi
    done
  done
  if [ "$status" != 0 ]; then side_end; fi
  trap - INT TERM HUP
  for word in "${outputs[@]}"; do
    side_results+=("$(cat "$word")")
    rm -f -- "$word"
  done
  return "$status"
}
side_end() {
  local id
  for id in "${side_running[@]}"; do kill -- "-$id" 2>/dev/null || true; done
  for id in "${side_running[@]}"; do wait "$id" 2>/dev/null || true; done
  side_running=()
}
