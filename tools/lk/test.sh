# SPDX-License-Identifier: Apache-2.0
# Every test, in an order in which the quick ones speak first. Each step is run even where an earlier one failed, so that
# one run tells all; the last line counts them.

steps_passed=0
steps_failed=0
failed_names=()

step() {
  local name=$1 start=$SECONDS
  shift
  printf '\n'
  say "== $name"
  if "$@"; then
    steps_passed=$((steps_passed + 1))
    say "== $name: passed in $((SECONDS - start)) s"
  else
    steps_failed=$((steps_failed + 1))
    failed_names+=("$name")
    say "== $name: FAILED after $((SECONDS - start)) s"
  fi
}

test_format() { source_files | xargs clang-format-19 --dry-run --Werror; }
test_repository() { python3 tools/checks/repository.py; }
test_venv() {
  [ -x build/venv/bin/python ] && cmp -s tests/requirements.txt build/venv/requirements.txt && return 0
  python3 -m venv build/venv && build/venv/bin/pip install -q --disable-pip-version-check -r tests/requirements.txt &&
    cp tests/requirements.txt build/venv/requirements.txt
}
# Peers from npm, fetched only when their lock file changed.
test_peers() {
  local peers
  for peers in tests/interop/node tests/interop/optical; do
    cmp -s $peers/package-lock.json $peers/node_modules/.lk-lock && continue
    npm --prefix $peers ci --no-audit --no-fund && cp $peers/package-lock.json $peers/node_modules/.lk-lock || return 1
  done
}
test_dev() {
  configure dev && run_long "building with sanitizers" cmake --build --preset dev &&
    PATH="$PWD/build/venv/bin:$PATH" ctest --preset dev -j 2
}
test_cortex() {
  configure cortex-m4 && run_long "building for the Cortex-M4" cmake --build --preset cortex-m4 && ctest --preset cortex-m4 -j 2
}
test_tidy() { configure tidy && python3 tools/checks/tidy.py --build build/tidy; }
test_pages() { build_pages && npm --prefix web test; }
test_demo() { ./lk demo --check --json build/demo-check.json; }
test_browser() { python3 tests/browser/console_test.py --bin build/release/bin --pages web/dist; }

run_tests() {
  need_packages demo test
  mkdir -p build
  step "house style" test_format
  step "repository rules" test_repository
  step "Python packages for the tests" test_venv
  step "npm packages for the tests" test_peers
  step "pages" test_pages
  step "unit and process tests, with sanitizers" test_dev
  step "the same on a Cortex-M4 in QEMU" test_cortex
  step "clang-tidy" test_tidy
  step "the whole loop: ./lk demo --check" test_demo
  step "a browser on the real console" test_browser
  printf '\n'
  [ "$steps_failed" = 0 ] || say "failed: ${failed_names[*]}"
  say "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
  printf '%s passed, %s failed\n' "$steps_passed" "$steps_failed"
  [ "$steps_failed" = 0 ]
}
