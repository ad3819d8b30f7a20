# SPDX-License-Identifier: Apache-2.0
# What must be installed, by the name it has in Debian 12, and how it gets there.

package_names() {
  local set
  for set in "$@"; do cat "deploy/packages/$set.txt"; done
}

missing_packages() {
  local name
  package_names "$@" | while read -r name; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || echo "$name"
  done
}

# Node.js is taken as it is found (18 or later), and from Debian where there is none.
node_is_there() { command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; }

is_debian_12() { [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ]); }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

need_packages() {
  if ! is_debian_12; then
    [ -n "${LK_PACKAGES_ARE_THERE:-}" ] && return 0
    printf 'lk: this is not Debian 12, so nothing is installed for you. Install what these are on your system, then set\nLK_PACKAGES_ARE_THERE=1 and run the command again:\n\n' >&2
    { package_names "$@"; echo "nodejs (18 or later) and npm"; } | column -c 100 >&2 2>/dev/null || package_names "$@" >&2
    exit 3
  fi
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  node_is_there || missing="$missing nodejs npm"
  [ -z "${missing// /}" ] && return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "missing packages, and neither root nor sudo to install them. As root: apt-get install $missing"
  fi
  say "missing: $missing"
  run_long "asking Debian for its package lists" as_root apt-get update
  # shellcheck disable=SC2086
  run_long "installing packages" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

doctor() {
  local missing all_well=yes
  is_debian_12 || { all_well=no; say "not Debian 12: ./lk cannot install packages here; it prints the list"; }
  if is_debian_12; then
    for set in demo test; do
      missing=$(missing_packages $set | tr '\n' ' ')
      if [ -n "${missing// /}" ]; then
        all_well=no
        say "missing for '$set': $missing"
        say "    get them: apt-get install $missing"
      else
        say "packages for '$set': all there"
      fi
    done
  fi
  if node_is_there; then say "node $(node --version): good"; else
    all_well=no
    say "no Node.js 18 or later with npm; get it: apt-get install nodejs npm"
  fi
  say "cores: $(nproc), memory: $(awk '/MemTotal/{printf "%.0f GiB", $2/1048576}' /proc/meminfo), free disk: $(df -h --output=avail . | tail -1 | tr -d ' ')"
  [ $all_well = yes ]
}
