#!/bin/sh
# whisperX 3.8.6 in an environment of its own, beside this project's: sh bench/whisperx.sh FOLDER
#
# It asks for older packages than ours, so it is installed without what it depends on; what it shares with us
# (torch, faster-whisper, pyannote.audio) it takes from our .venv, so that both run the same engines, and the few
# things that we do not have are added. Then: python bench/hearing.py --data DIR --peers FOLDER/bin/python
set -eu

folder=${1:?"Usage: sh bench/whisperx.sh FOLDER [PYTHON]"}
python=${2:-$(dirname "$0")/../.venv/bin/python}

"$python" -m venv "$folder"
ours=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
theirs=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$ours" >"$theirs/zhuzi.pth"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps whisperx==3.8.6
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input omegaconf pandas nltk transformers
"$folder/bin/python" -c 'from importlib.metadata import version; print("whisperX", version("whisperx"), "is ready.")'
