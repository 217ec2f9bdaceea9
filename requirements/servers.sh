#!/bin/sh
# Programs that the tests start for themselves: sh requirements/servers.sh
#
# PostgreSQL, for the tests of several workers, and minisign, which verifies what we sign. Where one is missing and may be
# installed, it is; elsewhere its tests are skipped, with that reason.
set -eu

missing=
found=
for program in /usr/lib/postgresql/*/bin/postgres; do
    if [ -x "$program" ]; then found=1; fi
done
if [ -z "$found" ]; then missing=postgresql; fi
if ! command -v minisign >/dev/null 2>&1; then missing="$missing minisign"; fi
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "Installing for the tests: $missing."
    # shellcheck disable=SC2086 - names of packages, one word each
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
echo "Some tests are skipped, for want of programs. On Debian or Ubuntu run: apt install $missing."
