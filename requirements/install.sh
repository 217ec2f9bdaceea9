#!/bin/sh
# Install a lock file and show how far it is: sh requirements/install.sh PYTHON LOCK [pip options]
#
# pip is either silent or prints several hundred lines; this prints one, and pip's own words only if it fails.
set -eu

python=$1
lock=$2
shift 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
total=$(grep -c '==' "$lock")

"$python" -m pip install --disable-pip-version-check --no-input --progress-bar off --require-hashes --no-deps \
    "$@" -r "$lock" >"$log" 2>&1 &
pip=$!
trap 'kill "$pip" 2>/dev/null; rm -f "$log"; exit 130' INT TERM

seen() { grep -c -E '^(Collecting|Requirement already satisfied)' "$log" || true; }

if [ -t 1 ]; then
    while kill -0 "$pip" 2>/dev/null; do
        printf '\r%s: %s of %s packages ' "$lock" "$(seen)" "$total"
        sleep 1
    done
    printf '\r'
fi
if wait "$pip"; then
    echo "$lock: $total packages installed."
else
    tail -n 15 "$log" >&2
    echo "Error: $lock could not be installed; pip's last words are above." >&2
    echo "  Check that this machine reaches its package index, then run make again: what is done stays done." >&2
    exit 1
fi
