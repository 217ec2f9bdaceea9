#!/bin/sh
# Programs of others that tests hand our documents to: sh requirements/validators.sh
#
# LibreOffice opens ODT and DOCX; vnu checks the page of HTML, which needs Java and npm. Where they are missing and may
# be installed, they are; elsewhere those tests are skipped, with that reason.
set -eu

here=$(dirname "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ! command -v soffice >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing LibreOffice for the tests of documents."
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            libreoffice-writer-nogui; } >"$log" 2>&1 || tail -n 5 "$log" >&2
    fi
    command -v soffice >/dev/null 2>&1 ||
        echo "No LibreOffice here: the tests of documents are skipped. On Debian or Ubuntu run: apt install libreoffice-writer-nogui."
fi

if [ ! -e "$here/validator/node_modules/vnu-jar/build/dist/vnu.jar" ]; then
    if command -v java >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
        echo "Installing vnu for the tests of the published page."
        npm ci --prefix "$here/validator" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || tail -n 5 "$log" >&2
    fi
    [ -e "$here/validator/node_modules/vnu-jar/build/dist/vnu.jar" ] ||
        echo "No vnu here: the published page is not checked by it. It needs Java and npm."
fi
