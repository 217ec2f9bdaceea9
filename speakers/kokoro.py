"""onnxruntime's one door: a synthetic voice that reads a text, with Kokoro-82M v1.0.

It stands in for people who asked for anonymity, and reads test material. Nothing of a person goes into it but the
text that is published; no voice is anybody's.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from speakers.error import ModelError
from speakers.phonemes import phonemes

RATE_HZ = 24_000
"""Samples a second of everything that is read."""

FASTEST = 1.4
"""Reading faster than this is no longer understood by everybody."""

Pcm = npt.NDArray[np.int16]
"""(n_samples,)"""

VOICES = {
    "zh": (
        "zf_xiaobei", "zm_yunjian", "zf_xiaoyi", "zm_yunxi", "zf_xiaoxiao", "zm_yunxia", "zm_yunyang",
    ),
    "en": ("af_heart", "am_michael", "af_bella", "am_fenrir", "bf_emma", "bm_george", "am_puck", "bm_fable"),
}  # fmt: skip
"""Voices of each language, in the order in which they are given out.

Kokoro's eighth for Mandarin, zf_xiaoni, slurs so much that Whisper base understands next to nothing of it.
"""

_LONGEST = 500
"""Symbols that the model takes at once."""

_PAUSE_MS = 200
"""Between two sentences."""

_QUIET, _PADDING_MS = 0.01, 30
"""What is quieter at the ends of a sentence is cut off, but for this much."""


class Reader(Protocol):
    """Something that reads aloud; its voice is nobody's.

    Attributes:
        made_with: name of the model, and its version or digest.
    """

    made_with: tuple[str, str]

    def read(self, text: str, language: str, voice: int, *, speed: float = 1.0) -> Pcm:
        """A text as sound, `RATE_HZ`, mono.

        Args:
            text: what is read.
            language: "zh" or "en".
            voice: which of the language's voices, from 0; counted round.
            speed: 1.0 is as the voice speaks by itself.

        Returns:
            (n_samples,); none where there is nothing to be said.
        """


class Kokoro:
    """Kokoro-82M v1.0 as int8 ONNX, on the processor. The same text, voice and speed give the same samples."""

    def __init__(self, folder: Path, fingerprint: str = "v1.0", *, threads: int = 1) -> None:
        """Load the model.

        Args:
            folder: `model.onnx`, `vocab.json`, `us_gold.json`, `us_silver.json`, and `VOICE.bin` for each voice.
            fingerprint: its version or digest.
            threads: of the processor.

        Raises:
            ModelError: If it cannot be loaded.
        """
        import onnxruntime

        self.made_with = ("kokoro", fingerprint)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._symbols: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
            self._english = _dictionary(folder / "us_silver.json") | _dictionary(folder / "us_gold.json")
            self._voices = {
                name: np.fromfile(folder / f"{name}.bin", np.float32).reshape(-1, 256)
                for names in VOICES.values()
                for name in names
            }
            model = (folder / "model.onnx").read_bytes()
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                "The synthetic voice cannot be loaded.", "Fetch it again: zhuzi models fetch kokoro."
            ) from error
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def read(self, text: str, language: str, voice: int, *, speed: float = 1.0) -> Pcm:
        """See `Reader`."""
        names = VOICES["zh" if language == "zh" else "en"]
        style = self._voices[names[voice % len(names)]]
        said = phonemes(text, self._english, chinese_text=language == "zh")
        pause = np.zeros(_PAUSE_MS * RATE_HZ // 1000, np.int16)
        parts: list[Pcm] = []
        for sentence in _sentences(said):
            spoken = self._spoken(sentence, style, speed)
            if len(spoken):
                parts += [pause, spoken]
        return np.concatenate(parts[1:]) if parts else np.zeros(0, np.int16)

    def _spoken(self, symbols: str, style: npt.NDArray[np.float32], speed: float) -> Pcm:
        tokens = [self._symbols[s] for s in symbols if s in self._symbols]
        if not any(s.isalpha() for s in symbols):
            return np.zeros(0, np.int16)
        (sound,) = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style[min(len(tokens), len(style)) - 1][None],
                "speed": np.array([speed], np.float32),
            },
        )
        wave = np.asarray(sound, np.float32).ravel()
        loud = np.flatnonzero(np.abs(wave) > _QUIET)
        if not len(loud):
            return np.zeros(0, np.int16)
        padding = _PADDING_MS * RATE_HZ // 1000
        wave = wave[max(0, loud[0] - padding) : loud[-1] + padding]
        return np.rint(np.clip(wave, -1.0, 1.0) * 32767).astype(np.int16)


def _dictionary(path: Path) -> dict[str, str]:
    """Words in lower case and how they sound; where that depends on the sentence, as they mostly do."""
    table: dict[str, str] = {}
    for word, sound in json.loads(path.read_text("utf-8")).items():
        usual = sound.get("DEFAULT") if isinstance(sound, dict) else sound
        if isinstance(usual, str) and (word.islower() or word.lower() not in table):
            table[word.lower()] = usual
    return table


def _sentences(said: str) -> list[str]:
    """Pieces that the model takes, cut after sentences, or else after clauses or words.

    >>> _sentences("a b. c d")
    ['a b.', 'c d']
    """
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.!?…;])\s+", said):
        rest = sentence
        while len(rest) > _LONGEST:
            at = max(rest.rfind(", ", 0, _LONGEST) + 1, 0) or max(rest.rfind(" ", 0, _LONGEST), 0) or _LONGEST
            pieces.append(rest[:at])
            rest = rest[at:].strip()
        if rest:
            pieces.append(rest)
    return pieces
