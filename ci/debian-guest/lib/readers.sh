# shellcheck shell=bash
# Progress of a step, read from its log (../../lib/progress.sh describes a reader's output). Readers change nothing.

: "${here:?}" "${GUEST_WORK:?}" "${GUEST_ROOT:?}"

# Each package is unpacked and then set up. No number is printed for the first few packages, which the others need.
packages_progress() {
  awk '
    /^waiting / { part = $0 }
    /^I: downloading/ { part = "downloading the first packages" }
    /^I: extracting/ { part = "the first packages" }
    /^I: installing remaining/ { part = "downloading" }
    part != "" && /newly installed/ { total = 2 * $3 }
    part == "downloading" && /^Get:/ { got++ }
    part == "downloading" && /^(Unpacking|Setting up) / { done++ }
    /^unpacking / { part = "unpacking what an earlier build kept" }
    /^keeping / { part = "keeping it for the next guest" }
    END {
      if (part != "downloading") print part
      else if (done || !got) print done + 0, total + 0, "packages unpacked or set up"
      else print got, total / 2, "packages downloaded"
    }' "$1"
}

# Counts collected packages first, then installed ones; the total of both is the length of the locked list.
pip_progress() {
  local total collected installed
  total=$(grep -c '==' "$here/requirements.txt")
  collected=$(grep -c '^Collecting ' "$1" || true)
  installed=$(find "$GUEST_ROOT"/opt/pgadmin/lib/python3*/site-packages -maxdepth 1 -name '*.dist-info' 2>/dev/null | wc -l || true)
  if [ "$installed" -gt 5 ]; then
    printf '%s %s packages installed\n' "$installed" "$total"
  elif [ "$collected" -gt 0 ]; then
    printf '%s %s packages collected\n' "$collected" "$total"
  fi
}

odoo_progress() {
  awk '
    /Loading module / { if (match($0, /\([0-9]+\/[0-9]+\)/)) { split(substr($0, RSTART + 1, RLENGTH - 2), count, "/"); what = "modules" } }
    /Generating a new asset bundle/ { bundles++ }
    /^odoo-setup: / { job = substr($0, 13) }
    END {
      if (bundles) print "the web pages\47 scripts and styles, bundle " bundles
      else if (job != "") print "scheduled action \"" job "\""
      else if (what != "") print count[1], count[2], what
    }' "$1"
}

# The step prints the size of the image in advance.
image_progress() {
  local total
  total=$(sed -n 's/^MiB to write: //p' "$1" | tail -n 1)
  if [ -n "$total" ]; then printf '%s %s MiB\n' "$(du -m "$GUEST_WORK/../disk.raw" | cut -f1)" "$total"; fi
}
