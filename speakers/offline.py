"""The offline bundle: who speaks when, from segmentation-3.0 and CAM++; no account, no network.

The windows of a recording stand on one grid, and so do the batches that are heard together. So a long one can be heard
part by part, by whoever has time, and the outcome is the same to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speakers import voices, windows
from speakers.diarize import Part, renumbered, segmentation_network
from speakers.record import Diarization, Millis, Span, Turn
from speakers.sound import SAMPLE_RATE_HZ, Progress, Sound

_SEGMENTED_AT_ONCE = 16

_EMBEDDED_AT_ONCE = 16

_ROUNDED = 25
"""Feature frames: pieces of nearly one length are cut to the same, to be embedded together."""

_SHORTEST = 50
"""Feature frames under which nothing is embedded."""

_SPEAKING = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.float32
)
"""(7, 3) which local voices speak in each class of segmentation-3.0."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the offline bundle diarizes; `docs/design.md` has what else was measured.

    Attributes:
        step: frames of 16.875 ms from one window of 10 s to the next.
        piece: frames of speech, at most, that are embedded together.
        threshold: distance between the middles of two voices under which they are one, 0..2, where few speak.
        surely_one: the same, for groups by which it is found out what all voices have in common.
        apart: the same, once that is taken away.
        smallest_s: seconds that a voice has to speak to be one.
        clear_s: seconds of speech from which a piece may found a voice; shorter ones join the nearest.
        share: of the neighbouring pieces of the same track in what is known of a piece's voice.
    """

    step: int = 178
    piece: int = 100
    threshold: float = 0.7
    surely_one: float = 0.6
    apart: float = 0.9
    smallest_s: float = 5.0
    clear_s: float = 1.0
    share: float = 0.5


class OfflineDiarizer:
    """segmentation-3.0 and CAM++ from local files: no account, no network.

    The recording is read window by window, and its speech once more, piece by piece.

    Args:
        segmentation: verified checkpoint of segmentation-3.0.
        embedding: verified weights of CAM++.
        models: what the two files are, by digest, for the fingerprint.
        device: "cpu" or "cuda".
        settings: see `Settings`.
    """

    def __init__(
        self,
        segmentation: Path,
        embedding: Path,
        models: str,
        *,
        device: str = "cpu",
        settings: Settings = Settings(),
    ) -> None:
        network = segmentation_network(segmentation).to(device)
        from speakers import campplus

        self._segment = network
        self._device = device
        self._voices = campplus.Voices(embedding, device)
        self._settings = settings
        self._fingerprint = f"offline 3 {models} {settings}"

    @property
    def fingerprint(self) -> str:
        """Models and settings; see `Diarizer`."""
        return self._fingerprint

    def __call__(self, sound: Sound, least: int | None, most: int | None, progress: Progress) -> Diarization:
        """Diarize; see `Diarizer`."""
        activity = self.segment_part(sound, (0, 1), progress)
        vectors = self.embed_part(sound, activity, (0, 1), progress)
        return self.join_parts(sound, activity, vectors, least, most)

    def segment_part(self, sound: Sound, part: Part, progress: Progress) -> npt.NDArray[np.float16]:
        """(n_windows, 589, 3) see `SectionDiarizer`. A part is of whole batches, which are those of the whole."""
        import torch

        step = self._settings.step
        count = windows.Windows.count(len(sound), step)
        batches = _share(range(0, count, _SEGMENTED_AT_ONCE), part)
        begin = batches.start
        end = min(batches.stop, count)
        activity = np.zeros((max(0, end - begin), windows.WINDOW_FRAMES, windows.LOCAL_VOICES), np.float16)
        for first in batches:
            batch = np.zeros((min(_SEGMENTED_AT_ONCE, count - first), 1, windows.WINDOW_SAMPLES), np.float32)
            for row, window in enumerate(batch[:, 0]):
                start = (first + row) * step * windows.FRAME_SAMPLES
                samples = sound[start : start + windows.WINDOW_SAMPLES]
                window[: len(samples)] = samples
            with torch.inference_mode():
                classes = self._classes(torch.from_numpy(batch).to(self._device)).exp().cpu().numpy()
            activity[first - begin : first - begin + len(batch)] = classes @ _SPEAKING
            progress("segmentation", first - begin + len(batch), end - begin)
        return activity

    def _classes(self, batch: Any) -> Any:
        """(batch, 589, 7) log probabilities of (batch, 1, 160000) samples.

        On a processor the convolutions are faster one by one, because their outputs stay in its cache, and the
        recurrent layers all at once.
        """
        import torch

        network = self._segment
        if self._device != "cpu":
            return network(batch)
        hidden, _ = network.lstm(torch.cat([network.sincnet(w[None]) for w in batch]).transpose(1, 2))
        for layer in network.linear:
            hidden = torch.nn.functional.leaky_relu(layer(hidden))
        return network.activation(network.classifier(hidden))

    def embed_part(
        self, sound: Sound, activity: npt.NDArray[np.float16], part: Part, progress: Progress
    ) -> voices.Vectors:
        """(n_pieces, 192) see `SectionDiarizer`: in the order of `_batches`, which are the same for every part."""
        pieces = self._pieces(sound, activity)[2]
        batches = self._batches(sound, pieces)
        share = [batches[number] for number in _share(range(len(batches)), part)]
        rows = [np.zeros((0, self._voices.dimension), dtype=np.float32)]
        done, total = 0, sum(len(batch) for batch, _ in share)
        for batch, length in share:
            features = [
                self._voices.features([sound[a:b] for a, b in windows.stretches(pieces[index])])[:length]
                for index in batch
            ]
            rows.append(voices.unit(self._voices.embed(features)))
            done += len(batch)
            progress("embeddings", done, total)
        return np.concatenate(rows)

    def join_parts(
        self,
        sound: Sound,
        activity: npt.NDArray[np.float16],
        vectors: voices.Vectors,
        least: int | None,
        most: int | None,
    ) -> Diarization:
        """See `SectionDiarizer`."""
        heard, of, pieces = self._pieces(sound, activity)
        order = [index for batch, _ in self._batches(sound, pieces) for index in batch]
        of_pieces = np.zeros((len(pieces), self._voices.dimension), dtype=np.float32)
        of_pieces[order] = vectors
        exclusive, overlapping = self.join(heard, of, pieces, of_pieces, bounds=(least, most))
        duration = sound.duration
        return renumbered(_within(exclusive, duration), _within(overlapping, duration), duration)

    def _pieces(
        self, sound: Sound, activity: npt.NDArray[np.float16]
    ) -> tuple[windows.Windows, npt.NDArray[np.intp], list[windows.Piece]]:
        heard = windows.Windows(activity, self._settings.step, windows.frames_of(len(sound)))
        of = windows.tracks(heard)
        return heard, of, windows.pieces(heard, of, self._settings.piece)

    def _batches(self, sound: Sound, pieces: list[windows.Piece]) -> list[tuple[list[int], int]]:
        """Pieces that are embedded together, each batch with its length in frames; too short ones are in none."""
        found: list[tuple[list[int], int]] = []
        filling: dict[int, list[int]] = {}
        for index, piece in enumerate(pieces):
            lengths = [min(b, len(sound)) - min(a, len(sound)) for a, b in windows.stretches(piece)]
            length = self._voices.frames(lengths) // _ROUNDED * _ROUNDED
            if length < _SHORTEST:
                continue
            if len(filling.get(length, ())) in {0, _EMBEDDED_AT_ONCE}:
                filling[length] = []
                found.append((filling[length], length))
            filling[length].append(index)
        return found

    def join(
        self,
        heard: windows.Windows,
        of: npt.NDArray[np.intp],
        pieces: list[windows.Piece],
        vectors: voices.Vectors,
        *,
        bounds: tuple[int | None, int | None],
    ) -> tuple[list[Turn], list[Turn]]:
        """Exclusive and overlapping turns, from what was heard: voices of the pieces, then of each frame."""
        settings = self._settings
        if not pieces:
            return [], []
        seconds = np.array([len(p.frames) for p in pieces]) * windows.FRAME_SAMPLES / SAMPLE_RATE_HZ
        of_piece = np.array([p.track for p in pieces])
        vectors = voices.smoothed(vectors, of_piece, settings.share)
        shared = voices.common(
            vectors,
            seconds,
            of_piece,
            threshold=settings.surely_one,
            smallest_s=settings.smallest_s,
            clear_s=settings.clear_s,
        )
        if shared is not None:
            vectors = voices.without(vectors, shared)
        centroids = voices.found(
            vectors,
            seconds,
            of_piece,
            threshold=settings.threshold if shared is None else settings.apart,
            smallest_s=settings.smallest_s,
            clear_s=settings.clear_s,
            least=bounds[0],
            most=bounds[1],
        )
        chosen = windows.assigned(heard, of, pieces, vectors @ centroids.T)
        return windows.turns(heard, chosen, len(centroids))


def _share(all_: range, part: Part) -> range:
    """One of about equal parts of a range."""
    number, count = part
    return all_[len(all_) * number // count : len(all_) * (number + 1) // count]


def _within(turns: list[Turn], duration: Millis) -> list[Turn]:
    """Turns that end with the recording: the last frame's middle may lie in it and its end beyond."""
    return [
        Turn(Span(t.span.start, min(t.span.end, duration)), t.speaker)
        for t in turns
        if t.span.start < duration
    ]
