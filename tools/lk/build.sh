# SPDX-License-Identifier: Apache-2.0
# Building: CMake presets for C++, npm for the pages. What is up to date costs nothing.

configure() {
  local preset=$1
  if [ ! -f "build/$preset/build.ninja" ]; then
    run_long "configuring $preset" cmake --preset "$preset"
  fi
}

build_release() {
  configure release
  run_long "building $*" cmake --build --preset release --target "$@"
}

# npm ci only when the lock file changed; the build only when a source did.
build_pages() {
  local lock_mark=web/node_modules/.lk-lock
  if ! cmp -s web/package-lock.json "$lock_mark"; then
    run_long "fetching npm packages" npm --prefix web ci --no-audit --no-fund
    cp web/package-lock.json "$lock_mark"
  fi
  if [ ! -f web/dist/index.html ] || [ -n "$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -newer web/dist/index.html -print -quit)" ]; then
    run_long "building the pages" npm --prefix web run build
    touch web/dist/index.html
  fi
}

source_files() { git ls-files -co --exclude-standard '*.cpp' '*.hpp' '*.h'; }
