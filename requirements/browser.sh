#!/bin/sh
# The browser that the review room's tests drive: sh requirements/browser.sh
#
# Playwright's own download is not used: the system's Chromium is. Where it is missing and may be installed, it is,
# with a font that has Chinese characters; elsewhere the tests that need it are skipped, with that reason.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "Installing Chromium for the review room's tests."
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-noto-cjk; } \
        >"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
echo "No Chromium here: the review room's tests in a browser are skipped. On Debian or Ubuntu run: apt install chromium."
