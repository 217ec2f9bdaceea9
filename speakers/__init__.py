"""Who said what: the values that flow through the project, and the engines that hear them.

Nothing leaves the machine. Some engines send their makers a word about each use unless they are told not to before
they are first imported, so it is said here, in the package that every import of an engine comes through:

- onnxruntime (which finds speech for faster-whisper) looks up its maker's collector from native code, and keeps an
  identifier of the machine in the user's cache;
- pyannote.audio counts pipelines and models used;
- the hub's client describes the machine with each request.
"""

import os

QUIET = {
    "ORT_DISABLE_TELEMETRY": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""What is set, whatever the environment said before; `zhuzi doctor` and tests look whether it holds."""

os.environ.update(QUIET)

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
"""45 MB that hardly any process needs; `speakers.phonetics.with_phrases` has them read where words are read aloud."""
