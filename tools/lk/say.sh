# SPDX-License-Identifier: Apache-2.0
# Words to the person at the terminal: what is being done, that it is still being done, and what went wrong.

say() { printf '\033[1mlk\033[0m  %s\n' "$*"; }
fail() {
  printf 'lk: %s\n' "$*" >&2
  exit 2
}

# run_long WHAT COMMAND…: runs it with its output in build/log, says every ten seconds where it is, and shows the end of
# the output where it fails.
run_long() {
  local what=$1 log start pid last status=0
  shift
  mkdir -p build/log
  log=build/log/$(printf '%s' "$what" | tr -c 'a-z0-9' '-').log
  start=$SECONDS
  say "$what …"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    for _ in $(seq 20); do
      sleep 0.5
      kill -0 "$pid" 2>/dev/null || break
    done
    if kill -0 "$pid" 2>/dev/null; then
      last=$(tail -n 1 "$log" | tr -d '\r' | cut -c1-90)
      say "  … $((SECONDS - start)) s: $last"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ "$status" -ne 0 ]; then
    tail -n 60 "$log" >&2
    printf 'lk: %s failed (status %s); all of its output is in %s\n' "$what" "$status" "$log" >&2
    return "$status"
  fi
  say "  done in $((SECONDS - start)) s"
}
