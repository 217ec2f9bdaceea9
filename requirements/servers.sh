#!/bin/sh
# The servers that the tests of several workers start for themselves: sh requirements/servers.sh
#
# Where PostgreSQL is missing and may be installed, it is; elsewhere those tests are skipped, with that reason.
set -eu

for program in /usr/lib/postgresql/*/bin/postgres; do
    if [ -x "$program" ]; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "Installing PostgreSQL for the tests of several workers."
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } \
        >"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
echo "No PostgreSQL here: the tests of several workers are skipped. On Debian or Ubuntu run: apt install postgresql."
