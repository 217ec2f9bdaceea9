"""Spoken sentences in which protected people are named, and others in which somebody else is; all invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve, resample_poly

from speakers.kokoro import RATE_HZ, VOICES, Reader
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Millis, Span
from speakers.sound import SAMPLE_RATE_HZ

PEOPLE = (
    ("陳柏勛", "陳里長"),
    ("簡沛慈", "阿慈"),
    ("林凱文", "Kevin"),
    ("吳維安", "Vivian"),
    ("葉采潔", "采潔"),
    ("廖書豪", "小豪"),
    ("邱湘庭", "Peggy"),
    ("洪鈺婷", "鈺婷"),
)
"""Name and alias of eight people who asked for anonymity."""

OTHERS = "郭里長 蘇彥廷 Jason 涂品萱 怡君 阿國 Cindy 潘俊傑 小倩 方老師 鍾念慈 Oscar".split()  # noqa: SIM905
"""People whom nobody has to hide."""

SENTENCES = (
    ("剛剛", "有說過這個月的經費已經用完了。"),
    ("這件事情麻煩", "再幫我們確認一下。"),
    ("那我們就照", "的意見來修改。"),
    ("後來是", "打電話給我，我才知道的。"),
    ("大家對", "的說法有沒有問題？"),
    ("停車場的事要問", "，他比較清楚。"),
    ("我跟", "上禮拜去看過現場了。"),
    ("因為", "今天請假，所以改成下次討論。"),
)
"""What is said before and after a name."""

_ROOM_S, _NOISE_DB, _PAUSE_MS = 0.25, 15.0, 400

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Spoken:
    """A recording that was put together.

    Attributes:
        samples: (n_samples,) int16 at 16 kHz.
        truth: for each sentence, the participant's id ("" for others), the words said, and its whole span.
    """

    samples: Pcm
    truth: tuple[tuple[str, str, Span], ...]


def meeting() -> Meeting:
    """The eight people, protected."""
    return Meeting(
        language="zh",
        participants=tuple(
            Participant(f"p{n}", name, aliases=(alias,), wish=Wish.ANONYMOUS)
            for n, (name, alias) in enumerate(PEOPLE, start=1)
        ),
    )


def named() -> list[tuple[str, str]]:
    """(participant id, name or alias), each four times."""
    return [(f"p{n}", name) for _ in range(4) for n, names in enumerate(PEOPLE, start=1) for name in names]


def strange() -> list[tuple[str, str]]:
    """("", a name that is nobody's who is protected), five times each."""
    return [("", name) for _ in range(5) for name in OTHERS]


def spoken(voice: Reader, names: list[tuple[str, str]]) -> Spoken:
    """Read a sentence about each, in a room, with noise; always the same samples."""
    chance = np.random.default_rng(len(names))
    parts: list[npt.NDArray[np.float64]] = []
    truth: list[tuple[str, str, Span]] = []
    at = 0
    for number, (whose, name) in enumerate(names):
        before, after = SENTENCES[(number * 3 + number // len(SENTENCES)) % len(SENTENCES)]
        who, speed = number % len(VOICES["zh"]), 1.0 + 0.1 * (number % 4)
        read = voice.read(f"{before}{name}{after}", "zh", who, speed=speed)
        sound = _in_room(resample_poly(read.astype(np.float64), SAMPLE_RATE_HZ, RATE_HZ), chance)
        sound = np.concatenate([sound, np.zeros(_PAUSE_MS * SAMPLE_RATE_HZ // 1000)])
        begin, at = at, at + len(sound)
        truth.append((whose, name, Span(_millis(begin), _millis(at))))
        parts.append(sound)
    whole = np.concatenate(parts)
    loud = float(np.sqrt(np.mean(whole**2)))
    whole += chance.normal(0.0, loud * 10 ** (-_NOISE_DB / 20), len(whole))
    return Spoken(np.rint(whole / np.abs(whole).max() * 30_000).astype(np.int16), tuple(truth))


def _millis(samples: int) -> Millis:
    return Millis(samples * 1000 // SAMPLE_RATE_HZ)


def _in_room(dry: npt.NDArray[np.float64], chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """With what comes back from the walls: noise that dies away, half as loud as the voice itself."""
    length = int(_ROOM_S * SAMPLE_RATE_HZ)
    echo = chance.normal(0.0, 1.0, length) * np.exp(-6.9 * np.arange(length) / length)
    echo[0] = 0.0
    echo *= 0.5 / np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    wet: npt.NDArray[np.float64] = fftconvolve(dry, echo)[: len(dry)]
    return wet
