#!/bin/sh
# Install what scores words with speakers: sh requirements/eval.sh PYTHON [where-possible]
#
# meeteval has no wheels, so it is compiled here: its build tool first, then itself, without pip fetching anything
# that the lock does not name. With `where-possible` a machine without a compiler goes on without it.
set -eu

python=$1
wanted=${2:-always}
lock=$(dirname "$0")/eval.lock
pinned=$(sed -n 's/^meeteval==\([^ ]*\).*/\1/p' "$lock")

installed=$("$python" -c 'from importlib import metadata; print(metadata.version("meeteval"))' 2>/dev/null) || installed=none
[ "$installed" != "$pinned" ] || exit 0

missing=
for tool in cc c++; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
[ -e "$headers/Python.h" ] || missing="$missing Python.h"
if [ -n "$missing" ]; then
    if [ "$wanted" = where-possible ]; then
        echo "No C++ compiler for meeteval here (missing:$missing): its tests are skipped, with that reason."
        exit 0
    fi
    echo "Error: meeteval has to be compiled, and this machine lacks:$missing." >&2
    echo "  On Debian or Ubuntu run: apt install g++ python3-dev. Then run make eval again." >&2
    exit 1
fi

build=$(mktemp)
trap 'rm -f "$build"' EXIT
awk '/^[^ ]/ { mine = /^cython==/ } mine' "$lock" >"$build"
"$python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r "$build"
sh "$(dirname "$0")/install.sh" "$python" "$lock" --no-build-isolation
