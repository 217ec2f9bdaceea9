"""Scripted engines in which something happens half-way through the words.

SCRIPTED_CALLS names the file for calls, SCRIPTED_STAGE what happens in the transcriber ("wait", "die", "raise").
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from pipeline.engines import Engines
from speakers.transcribe import Progress, Sound, Transcript
from tests.engines import scripted


def _trouble() -> str:
    """What happens, or what stands in the file that is named instead: a test may change that while a worker lives."""
    given = os.environ.get("SCRIPTED_STAGE", "")
    return Path(given).read_text("utf-8") if given.startswith("/") else given


class _Troubled(scripted.ScriptedTranscriber):
    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        progress("transcribe", len(sound) // 2, len(sound))
        match _trouble():
            case "wait":
                threading.Event().wait()
            case "die":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "raise":
                raise ValueError("蔡佩珊 said something")
        return super().__call__(sound, language, vocabulary, progress)


def engines() -> Engines:
    """Scripted engines, as the environment has them."""
    calls = os.environ.get("SCRIPTED_CALLS")
    path = Path(calls) if calls else None
    return scripted.engines(path, transcriber=_Troubled(calls=path))
