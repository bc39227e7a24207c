# shellcheck shell=bash
# Shows the progress of long steps on standard error: on a terminal in one line that is rewritten every second, otherwise in one
# line every ten seconds. Part of common.sh.
#
#   progress_open                    starts the display of running steps
#   progress_of LABEL READER COMMAND...
#                                    runs COMMAND; until it ends, READER reports its progress
#   progress_close                   ends the display; also needed before an exec
#
# READER is a function (or ':' for none) that gets $progress_log (set by run_logged, otherwise empty) and prints one line:
#
#   DONE TOTAL WHAT                  two integers: shown as "312 of 612 WHAT", with an estimate of the remaining time
#   WHAT                             any other text is shown as it is
#
# For a step without a count, the time of its last success is shown. Steps that run at the same time share the line, including
# steps of child programs, which find the display through the environment.

: "${cache:?}"

progress_displayer=

progress_open() {
  if [ -d "${BOXTEST_PROGRESS:-}" ]; then return; fi
  BOXTEST_PROGRESS=$(mktemp -d) || return 0
  export BOXTEST_PROGRESS
  # The display must not hold standard output open: readers of this script's output must see its end.
  progress_display "$$" </dev/null >/dev/null &
  progress_displayer=$!
  # So a `wait` without arguments in the caller does not wait for the display.
  disown "$progress_displayer"
}

progress_close() {
  if [ -z "$progress_displayer" ]; then return; fi
  kill "$progress_displayer" 2>/dev/null || true
  # Otherwise the display's last line could appear after the caller's next line.
  while kill -0 "$progress_displayer" 2>/dev/null; do progress_tick 0.02; done 8<> <(:)
  progress_displayer=
  rm -rf -- "$BOXTEST_PROGRESS"
  unset BOXTEST_PROGRESS
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# progress_of LABEL READER COMMAND...: returns COMMAND's exit status. COMMAND runs in a subshell, with set -e.
progress_of() {
  local label=$1 reader=$2 begun=$SECONDS watcher='' file='' status errexit=$-
  shift 2
  if [ -d "${BOXTEST_PROGRESS:-}" ] && file=$(mktemp "$BOXTEST_PROGRESS/XXXXXX"); then
    progress_watch "$label" "$reader" "$BASHPID" "$file" </dev/null >/dev/null &
    watcher=$!
    disown "$watcher"
  fi
  # Not as a condition: in a condition a shell function continues after its first failed command.
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  if [[ $errexit = *e* ]]; then set -e; fi
  if [ -n "$watcher" ]; then
    kill "$watcher" 2>/dev/null || true
    while kill -0 "$watcher" 2>/dev/null; do progress_tick 0.02; done 8<> <(:)
    rm -f -- "$file"
  fi
  if [ "$status" = 0 ]; then progress_remember "$label" $((SECONDS - begun)); fi
  return "$status"
}

# ninja_progress LOG: a reader of the output of ninja, or of cmake --build.
ninja_progress() {
  tail -c 4096 -- "$1" 2>/dev/null | sed -nE 's/^\[([0-9]+)\/([0-9]+)\].*/\1 \2 done/p' | tail -n 1
}

# --- private functions

# The file that stores the duration, in seconds, of a step's last success.
progress_memory() { printf '%s/progress/%s' "$cache" "$(printf '%s' "$1" | tr -c 'A-Za-z0-9.\n' '-')"; }
progress_remember() {
  local memory
  memory=$(progress_memory "$1")
  { mkdir -p -- "${memory%/*}" && printf '%s\n' "$2" >"$memory"; } 2>/dev/null || true
}

# progress_tick SECONDS: waits without starting a process; descriptor 8 is a pipe that gets no data.
progress_tick() { read -rt "$1" -u 8 || true; }

# progress_rest FIRST COUNT TOTAL SECONDS: the seconds that TOTAL - COUNT will take when FIRST to COUNT took SECONDS, rounded up.
progress_rest() { printf '%s' $(($4 * ($3 - $2) / ($2 - $1) + 1)); }

# progress_watch LABEL READER PID FILE: keeps this step's text in FILE up to date while the process PID lives.
progress_watch() {
  local label=$1 reader=$2 owner=$3 file=$4 begun=$SECONDS usual='' said first='' first_at=0 text elapsed
  set +e
  trap - EXIT
  exec 8<> <(:)
  read -r usual 2>/dev/null <"$(progress_memory "$label")"
  while kill -0 "$owner" 2>/dev/null; do
    elapsed=$((SECONDS - begun))
    said=$("$reader" "${progress_log:-}" 2>/dev/null | sed -n 1p)
    text="$label: $elapsed s"
    if [[ $said =~ ^([0-9]+)\ ([0-9]+)\ (.*)$ ]] && [ "${BASH_REMATCH[2]}" -gt 0 ]; then
      local count=$((10#${BASH_REMATCH[1]})) total=$((10#${BASH_REMATCH[2]}))
      if [ -z "$first" ]; then first=$count first_at=$SECONDS; fi
      text="$label: $count of $total ${BASH_REMATCH[3]}"
      if [ "$count" -gt "$first" ] && [ "$count" -lt "$total" ] && [ $((SECONDS - first_at)) -ge 5 ]; then
        text+=", about $(progress_rest "$first" "$count" "$total" $((SECONDS - first_at))) s left"
      fi
    else
      if [ -n "$said" ]; then text="$label: $said, $elapsed s"; fi
      if [[ $usual =~ ^[0-9]+$ ]] && [ "$usual" -gt "$elapsed" ]; then text+=" (last time $usual s)"; fi
    fi
    printf '%s\n' "$text" 2>/dev/null >"$file" || return 0
    progress_tick 1
  done
  rm -f -- "$file"
}

# progress_display PID: shows the texts of all steps while the process PID lives.
progress_display() {
  local owner=$1 folder=$BOXTEST_PROGRESS file text line columns shown=$SECONDS terminal=false
  set +e
  trap - EXIT
  trap 'exit 0' TERM
  exec 8<> <(:)
  if [ -t 2 ]; then terminal=true; fi
  while kill -0 "$owner" 2>/dev/null && [ -d "$folder" ]; do
    progress_tick 1
    if ! $terminal && [ $((SECONDS - shown)) -lt 10 ]; then continue; fi
    line=
    for file in "$folder"/*; do
      # A text that is still being written has no line end yet.
      if read -r text 2>/dev/null <"$file"; then line+="${line:+; }$text"; fi
    done
    if [ -z "$line" ]; then continue; fi
    shown=$SECONDS
    printf -v line '[%4d s] %s' "$SECONDS" "$line"
    if $terminal; then
      columns=$(stty size <&2 2>/dev/null)
      columns=${columns#* }
      if ! [[ $columns =~ ^[0-9]+$ ]] || [ "$columns" -lt 20 ]; then columns=80; fi
      printf '\r%s\033[K' "${line:0:columns-1}" >&2
    else
      printf '%s\n' "$line" >&2
    fi
  done
  rm -rf -- "$folder"
}
