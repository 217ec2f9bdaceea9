"""What the model in use writes for invented names: they are synthesised in sentences, and transcribed without hints.

    python bench/confusions.py --kokoro FOLDER --python PYTHON [--minutes 40] [--out bench/confusions.json]

FOLDER and the environment of PYTHON are those of `bench/kokoro.py`. The rows `[said, form, voice, accent, place,
written]` are kept of names whose neighbours in the sentence were heard right, so that it is known where the name
begins and ends; `lost` counts the others. Names, voices and sentences are drawn with a fixed seed, round by round, so
that a run that is stopped early holds all of them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve, resample_poly

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.planted_classes import alike, same, tokens
from bench.planted_names import SPLITS, TITLES, latin_names, nicknames, spoken_people
from pipeline.engines import device_of, fingerprint
from pipeline.models import open_model
from pipeline.settings import settings
from speakers.record import Word, joined
from speakers.sound import SAMPLE_RATE_HZ, Sound
from speakers.transcribe import WhisperTranscriber

SEED = 4
_AT_ONCE = 72
"""Sentences in one recording: about six minutes."""

_PAUSE_S = 1.0

_VOICES = {
    "zh": (
        "zf_xiaobei",
        "zf_xiaoni",
        "zf_xiaoxiao",
        "zf_xiaoyi",
        "zm_yunjian",
        "zm_yunxi",
        "zm_yunxia",
        "zm_yunyang",
    ),
    "en": ("af_heart", "af_nova", "am_adam", "am_michael", "bf_emma", "bm_george"),
}
_PLACES = {"close": (0.0, None), "room": (0.4, 15.0), "far": (0.8, 8.0)}
"""Reverberation in seconds, and speech over noise in dB."""

_SENTENCES = {
    "zh": (
        "接下來我們請{}說明一下。",
        "剛才{}跟{}都有提到這件事情。",
        "這個部分我想先問{}，再請{}補充。",
        "昨天是{}打電話給{}的。",
        "出席的人有{}還有{}，另外加上{}這幾位。",
        "我覺得{}說的比較有道理。",
        "這份資料是{}整理，由{}校對的。",
        "後來{}就先離開了，只有{}留下來。",
        "上個禮拜{}有來找我們談。",
        "謝謝{}，那我們繼續討論。",
        "如果{}沒有意見，就交給{}處理。",
        "名單上面有{}跟{}的電話。",
    ),
    "en": (
        "I think {} already sent the report to {} yesterday.",
        "Thank you {}, let us move on.",
        "Can {} and {} join us tomorrow?",
        "We talked with {} about the budget.",
        "Please ask {} or {} before Friday.",
    ),
}


@dataclass(frozen=True)
class Spoken:
    """A sentence with names in it, and how it is said.

    Attributes:
        pattern: with a `{}` for each name.
        names: (n_names,) `(said, form)`.
        voice: of Kokoro.
        accent: "taiwan" or "".
        place: "close", "room" or "far".
        speed: 1 is usual.
    """

    pattern: str
    names: tuple[tuple[str, str], ...]
    voice: str
    accent: str
    place: str
    speed: float

    @property
    def text(self) -> str:
        """As it is said."""
        return self.pattern.format(*(said for said, _ in self.names))


def said(chance: random.Random) -> dict[str, list[tuple[str, str]]]:
    """All that is to be said once in a round, by the language of the sentence: `(name, form)`."""
    chinese: list[tuple[str, str]] = []
    english: list[tuple[str, str]] = []
    for split in SPLITS:
        for family, given in spoken_people(split):
            chinese += [(family + given, "full"), (given if len(given) > 1 else family + given, "given")]
            if chance.random() < 0.4:
                chinese.append((chance.choice("小阿") + given[-1], "small"))
            if chance.random() < 0.15:
                chinese.append((family + chance.choice(TITLES), "title"))
        chinese += [(name, "nickname") for name in nicknames(split)]
        chinese += [(name, "latin") for name in latin_names(split)]
        english += [(name, "latin") for name in latin_names(split)]
    return {"zh": chinese, "en": english}


def sentences(chance: random.Random, names: list[tuple[str, str]], language: str) -> Iterator[Spoken]:
    """Every name in one sentence, in random order."""
    left = chance.sample(names, len(names))
    while left:
        pattern = chance.choice(_SENTENCES[language])
        slots = pattern.count("{}")
        if len(left) < slots:
            continue
        chosen, left = tuple(left[:slots]), left[slots:]
        yield Spoken(
            pattern,
            chosen,
            chance.choice(_VOICES[language]),
            chance.choice(("", "taiwan")) if language == "zh" else "",
            chance.choices(tuple(_PLACES), (4, 4, 2))[0],
            round(chance.uniform(0.95, 1.2), 2),
        )


class Voice:
    """Kokoro in its child process."""

    def __init__(self, python: Path, folder: Path) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - the interpreter that was named on the command line
            [str(python), str(Path(__file__).with_name("kokoro.py")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, spoken: Spoken) -> npt.NDArray[np.float32]:
        """(n_samples,) at 16 kHz.

        Raises:
            SystemExit: If the child ended.
        """
        if self._child.stdin is None or self._child.stdout is None:
            raise SystemExit("Kokoro has no input or output.")
        line = json.dumps([spoken.text, spoken.voice, spoken.accent, spoken.speed])
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()
        made = Path(self._child.stdout.readline().strip())
        if not made.is_file():
            raise SystemExit("Kokoro ended; its message stands above.")
        samples = np.fromfile(made, np.float32)
        made.unlink()
        return np.asarray(resample_poly(samples, 2, 3), np.float32)

    def close(self) -> None:
        """End the child."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()


def placed(samples: npt.NDArray[np.float32], place: str, seed: int) -> npt.NDArray[np.float32]:
    """The same speech in a room, with noise: a decaying random impulse response, and pink noise."""
    tail_s, over_noise_db = _PLACES[place]
    if over_noise_db is None:
        return samples
    chance = np.random.default_rng(seed)
    length = int(tail_s * SAMPLE_RATE_HZ)
    response = chance.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * 0.05
    response[0] = 1.0
    wet = fftconvolve(samples, response)[: len(samples)]
    spectrum = np.fft.rfft(chance.standard_normal(len(samples)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(samples))
    level = np.sqrt(np.mean(wet**2) / np.mean(noise**2)) * 10 ** (-over_noise_db / 20)
    return np.asarray(wet + noise * level, np.float32)


def recorded(spoken: list[Spoken], voice: Voice, into: Path, seed: int) -> list[tuple[int, int]]:
    """Write sentences into one recording.

    Returns:
        (n_sentences,) when each is said, in milliseconds.
    """
    pause = np.zeros(int(_PAUSE_S * SAMPLE_RATE_HZ), np.float32)
    parts, when, at = [pause], [], len(pause)
    for number, sentence in enumerate(spoken):
        samples = placed(voice.say(sentence), sentence.place, seed + number)
        samples *= 0.2 / max(1e-6, float(np.sqrt(np.mean(samples**2)))) * 0.5
        when.append((at * 1000 // SAMPLE_RATE_HZ, (at + len(samples)) * 1000 // SAMPLE_RATE_HZ))
        parts += [samples, pause]
        at += len(samples) + len(pause)
    whole = np.clip(np.concatenate(parts), -1, 1)
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((whole * 32767).astype("<i2").tobytes())
    return when


def heard_between(words: tuple[Word, ...], start: int, end: int) -> str:
    """What was written for a sentence: words whose middle lies in it, or in half of the pause beside it."""
    near = int(_PAUSE_S * 500)
    return joined(w for w in words if start - near <= (w.span.start + w.span.end) // 2 < end + near)


def written(pattern: str, names: tuple[str, ...], heard: str) -> list[str | None]:
    """What stands in place of each name; None where its neighbours were not heard right.

    >>> written("請{}說明，{}補充。", ("陳怡君", "小魚"), "請，陳宜軍說明小于補充")
    ['陳宜軍', '小于']
    >>> written("請{}說明。", ("陳怡君",), "情沉一軍從")
    [None]
    """
    expected: list[str] = []
    slots: list[tuple[int, int]] = []
    for part, name in itertools.zip_longest(pattern.split("{}"), names):
        expected += tokens(part)
        if name is not None:
            slots.append((len(expected), len(expected) + len(tokens(name))))
            expected += tokens(name)
    got = tokens(heard)
    places = _places(heard, got)
    paired = _paired(expected, got)
    found: list[str | None] = []
    for start, end in slots:
        left, right = paired.get(start - 1), paired.get(end)
        good = left is not None and right is not None
        good = good and same(expected[start - 1], got[left or 0]) and same(expected[end], got[right or 0])
        count = (right or 0) - (left or 0) - 1
        if not good or not 1 <= count <= end - start + 2:
            found.append(None)
        else:
            found.append(heard[places[(left or 0) + 1] : places[right or 0]].strip(" ，。、？！,.?!"))
    return found


def _places(text: str, parts: list[str]) -> list[int]:
    places, at = [], 0
    for part in parts:
        at = text.index(part, at)
        places.append(at)
        at += len(part)
    return places


def _paired(expected: list[str], got: list[str]) -> dict[int, int]:
    """Which token became which, by the cheapest alignment."""
    rows = [[0.8 * j for j in range(len(got) + 1)]]
    for i, x in enumerate(expected, start=1):
        row = [0.8 * i]
        for j, y in enumerate(got, start=1):
            cost = 0.0 if x == y else 0.2 if same(x, y) else 0.4 if alike(x, y) else 1.0
            row.append(min(rows[i - 1][j] + 0.8, row[j - 1] + 0.8, rows[i - 1][j - 1] + cost))
        rows.append(row)
    pairs: dict[int, int] = {}
    i, j = len(expected), len(got)
    while i and j:
        x, y = expected[i - 1], got[j - 1]
        cost = 0.0 if x == y else 0.2 if same(x, y) else 0.4 if alike(x, y) else 1.0
        if abs(rows[i][j] - rows[i - 1][j - 1] - cost) < 1e-9:
            i, j = i - 1, j - 1
            pairs[i] = j
        elif abs(rows[i][j] - rows[i - 1][j] - 0.8) < 1e-9:
            i -= 1
        else:
            j -= 1
    return pairs


def main() -> None:
    """Speak, listen and write the table after every recording."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kokoro", type=Path, required=True, help="folder of the voice model")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has misaki")
    parser.add_argument("--minutes", type=float, default=40.0, help="stop after so long")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("confusions.json"))
    options = parser.parse_args()
    chosen = settings()
    device, arithmetic = device_of("cpu")
    transcriber = WhisperTranscriber(
        open_model(chosen.whisper, chosen.models),
        fingerprint(chosen.whisper, chosen.models),
        device=device,
        compute_type=arithmetic,
    )
    head = {
        "model": f"{chosen.whisper} {fingerprint(chosen.whisper, chosen.models)} {arithmetic}",
        "tts": "Kokoro-82M v1.0 int8 ONNX",
        "versions": {p: metadata.version(p) for p in ("faster-whisper", "ctranslate2", "pypinyin")},
        "seed": SEED,
        "fields": ["said", "form", "voice", "accent", "place", "written"],
    }
    voice = Voice(options.python, options.kokoro)
    rows: list[list[str]] = []
    lost, began = 0, time.monotonic()
    chance = random.Random(SEED)  # noqa: S311 - repeatable by intent
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(1) as ahead:
        batches = _batches(chance)
        made = ahead.submit(_made, batches, voice, Path(scratch), 0)
        for number in itertools.count(1):
            language, batch, sound, when = made.result()
            if time.monotonic() - began > 60 * options.minutes:
                break
            made = ahead.submit(_made, batches, voice, Path(scratch), number)
            words = transcriber(Sound(sound), language, (), lambda *_: None).words
            sound.unlink()
            for spoken, (start, end) in zip(batch, when, strict=True):
                found = written(
                    spoken.pattern, tuple(n for n, _ in spoken.names), heard_between(words, start, end)
                )
                for (name, form), text in zip(spoken.names, found, strict=True):
                    if text:
                        rows.append([name, form, spoken.voice, spoken.accent, spoken.place, text])
                    lost += not text
            write(options.out, {**head, "lost": lost}, rows)
            print(f"{number} recordings, {len(rows)} names, {lost} lost", file=sys.stderr)
    voice.close()


def _made(
    batches: Iterator[tuple[str, list[Spoken]]], voice: Voice, scratch: Path, number: int
) -> tuple[str, list[Spoken], Path, list[tuple[int, int]]]:
    """The next recording: its language, its sentences, the file, and when each is said."""
    language, batch = next(batches)
    sound = scratch / f"{number}.wav"
    return language, batch, sound, recorded(batch, voice, sound, 1_000 * number)


def _batches(chance: random.Random) -> Iterator[tuple[str, list[Spoken]]]:
    """Round after round, recordings of one language each."""
    while True:
        for language, names in said(chance).items():
            queue = list(sentences(chance, names, language))
            for first in range(0, len(queue), _AT_ONCE):
                yield language, queue[first : first + _AT_ONCE]


def write(path: Path, head: dict[str, object], rows: list[list[str]]) -> None:
    """The table, a row on each line."""
    described = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in sorted(rows))
    path.write_text(f'{described},\n "rows": [\n{body}\n ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
