"""pyannote.audio's one door: who speaks when.

Two ways in: the offline bundle (segmentation-3.0 and CAM++, no account, no network), and any pyannote pipeline
that the user names together with their own token. Telemetry is switched off before the first import.
"""

from __future__ import annotations

import sys
import types
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from speakers import voices, windows
from speakers.error import ModelError
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
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

MIN_TURN_MS = 1
"""pyannote's frames are 17 ms; a turn that rounds to nothing is none."""


class Diarizer(Protocol):
    """An engine that says who speaks when."""

    @property
    def fingerprint(self) -> str:
        """Models and settings that decide the outcome; a change makes earlier results stale."""

    def __call__(self, sound: Sound, least: int | None, most: int | None, progress: Progress) -> Diarization:
        """Diarize a whole recording.

        Args:
            sound: of the whole recording.
            least: at least so many voices, None if unknown.
            most: at most so many voices, None if unknown.
            progress: told about every step.
        """


def import_pyannote() -> None:
    """Make `import pyannote.audio` work on a CPU build of PyTorch, and quietly.

    torchaudio's wheels are linked against CUDA. With a CPU build of PyTorch their C++ extension cannot load and
    takes the import down, though only the pure-Python part (Kaldi features, resampling) is needed. So where
    PyTorch has no CUDA, torchaudio is told that it was built without its extension, which it supports. No
    installed file is touched. This is the only place that does it.
    """
    import torch

    if torch.version.cuda is None and "torchaudio._extension" not in sys.modules:
        stub = types.ModuleType("torchaudio._extension")
        stub.__dict__.update(
            _IS_TORCHAUDIO_EXT_AVAILABLE=False,
            _IS_ALIGN_AVAILABLE=False,
            fail_if_no_align=lambda function: function,
        )
        sys.modules["torchaudio._extension"] = stub
    with warnings.catch_warnings():
        # torchcodec is for reading files; we hand over samples, so its absence is no news for anybody.
        warnings.simplefilter("ignore")
        import pyannote.audio  # noqa: F401 - imported for its side effects, inside the guard


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


def segmentation_network(checkpoint: Path) -> Any:
    """segmentation-3.0, ready to be called with (batch, 1, 160000) samples.

    Args:
        checkpoint: verified; it is unpickled, with nothing but the classes that it needs.

    Raises:
        ModelError: If it is something else.
    """
    import_pyannote()
    import torch
    from pyannote.audio import Model
    from pyannote.audio.core.task import Problem, Resolution, Specifications

    # The checkpoint is a pickle with these classes in it; its sha256 was checked before it came here.
    safe: list[Any] = [torch.torch_version.TorchVersion, Specifications, Problem, Resolution]
    with torch.serialization.safe_globals(safe), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Model.from_pretrained(checkpoint)
    if model is None:
        raise ModelError(f"{checkpoint.name} is no segmentation model.", "Run `zhuzi models fetch` again.")
    return model.eval()


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
        heard = self.segment(sound, progress)
        of = windows.tracks(heard)
        pieces = windows.pieces(heard, of, self._settings.piece)
        vectors = self.embed(sound, pieces, progress)
        exclusive, overlapping = self.join(heard, of, pieces, vectors, bounds=(least, most))
        duration = sound.duration
        return _renumbered(_within(exclusive, duration), _within(overlapping, duration), duration)

    def segment(self, sound: Sound, progress: Progress) -> windows.Windows:
        """Who of the local voices speaks, window by window."""
        import torch

        step = self._settings.step
        count = windows.Windows.count(len(sound), step)
        activity = np.zeros((count, windows.WINDOW_FRAMES, windows.LOCAL_VOICES), dtype=np.float16)
        for first in range(0, count, _SEGMENTED_AT_ONCE):
            batch = np.zeros((min(_SEGMENTED_AT_ONCE, count - first), 1, windows.WINDOW_SAMPLES), np.float32)
            for row, window in enumerate(batch[:, 0]):
                start = (first + row) * step * windows.FRAME_SAMPLES
                samples = sound[start : start + windows.WINDOW_SAMPLES]
                window[: len(samples)] = samples
            with torch.inference_mode():
                classes = self._classes(torch.from_numpy(batch).to(self._device)).exp().cpu().numpy()
            activity[first : first + len(batch)] = classes @ _SPEAKING
            progress("segmentation", first + len(batch), count)
        return windows.Windows(activity, step, windows.frames_of(len(sound)))

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

    def embed(self, sound: Sound, pieces: list[windows.Piece], progress: Progress) -> voices.Vectors:
        """(n_pieces, 192) of length 1; zeros where a piece is too short."""
        vectors = np.zeros((len(pieces), self._voices.dimension), dtype=np.float32)
        waiting: dict[int, list[tuple[int, Any]]] = {}
        done = 0
        for index, piece in enumerate(pieces):
            features = self._voices.features([sound[a:b] for a, b in windows.stretches(piece)])
            length = len(features) // _ROUNDED * _ROUNDED
            if length < _SHORTEST:
                done += 1
                continue
            batch = waiting.setdefault(length, [])
            batch.append((index, features[:length]))
            if len(batch) == _EMBEDDED_AT_ONCE:
                self._embed(waiting.pop(length), vectors)
                done += len(batch)
                progress("embeddings", done, len(pieces))
        for batch in waiting.values():
            self._embed(batch, vectors)
            done += len(batch)
            progress("embeddings", done, len(pieces))
        return vectors

    def _embed(self, batch: list[tuple[int, Any]], vectors: voices.Vectors) -> None:
        vectors[[index for index, _ in batch]] = voices.unit(self._voices.embed([f for _, f in batch]))

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


class PyannoteDiarizer:
    """Any pyannote pipeline as a `Diarizer`. It wants the whole recording in memory: 230 MB an hour.

    Args:
        pipeline: a ready `pyannote.audio.Pipeline`.
        fingerprint: models and settings it stands for.
        device: "cpu" or "cuda".
    """

    def __init__(self, pipeline: Any, fingerprint: str, device: str = "cpu") -> None:
        if device != "cpu":
            import torch

            pipeline.to(torch.device(device))
        self._pipeline = pipeline
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """Models and settings; see `Diarizer`."""
        return self._fingerprint

    @classmethod
    def named(cls, pipeline: str, token: str | None, *, device: str = "cpu") -> PyannoteDiarizer:
        """A pipeline of the hub, or a local folder, for example "pyannote/speaker-diarization-community-1".

        Raises:
            ModelError: If it cannot be had: no such name, no network, or terms not accepted with this token.
        """
        import_pyannote()
        from pyannote.audio import Pipeline

        try:
            loaded = Pipeline.from_pretrained(pipeline, token=token)
        except Exception as error:
            raise ModelError(
                f"The diarization pipeline {pipeline} cannot be loaded ({type(error).__name__}).",
                "Check its name, your token, that its terms are accepted, and the network; or leave "
                "ZHUZI_DIARIZATION unset to use the offline bundle.",
            ) from error
        if loaded is None:
            raise ModelError(
                f"The diarization pipeline {pipeline} is not open to this token.",
                "Accept its terms on the hub with your account, then set HF_TOKEN.",
            )
        return cls(loaded, f"named {pipeline}", device)

    def __call__(self, sound: Sound, least: int | None, most: int | None, progress: Progress) -> Diarization:
        """Diarize; see `Diarizer`."""
        import torch

        def hook(
            step: str,
            artefact: object,
            file: object = None,
            completed: int | None = None,
            total: int | None = None,
        ) -> None:
            del artefact, file
            if completed is not None and total is not None:
                progress(step, min(completed, total), total)

        with warnings.catch_warnings():
            # A voice of one frame has no spread, and bounds that a short recording cannot meet are reported by
            # us, from the outcome; neither is news that a user can do anything about.
            warnings.simplefilter("ignore")
            heard = self._pipeline(
                {"waveform": torch.from_numpy(sound[:])[None], "sample_rate": SAMPLE_RATE_HZ, "uri": "sound"},
                min_speakers=least,
                max_speakers=most,
                hook=hook,
            )
        duration = sound.duration
        return _renumbered(
            _turns(heard.exclusive_speaker_diarization, duration),
            _turns(heard.speaker_diarization, duration),
            duration,
        )


def _turns(annotation: Any, duration: Millis) -> list[Turn]:
    turns = []
    for segment, _, label in annotation.itertracks(yield_label=True):
        start, end = max(0, round(segment.start * 1000)), min(duration, round(segment.end * 1000))
        if end - start >= MIN_TURN_MS:
            turns.append(Turn(Span(Millis(start), Millis(end)), SpeakerId(str(label))))
    return sorted(turns)


def _within(turns: list[Turn], duration: Millis) -> list[Turn]:
    """Turns that end with the recording: the last frame's middle may lie in it and its end beyond."""
    return [
        Turn(Span(t.span.start, min(t.span.end, duration)), t.speaker)
        for t in turns
        if t.span.start < duration
    ]


def _renumbered(exclusive: list[Turn], overlapping: list[Turn], duration: Millis) -> Diarization:
    """Voices called S1, S2, … in order of first speech."""
    order = dict.fromkeys(t.speaker for t in sorted(overlapping + exclusive))
    names = {label: SpeakerId(f"S{number}") for number, label in enumerate(order, start=1)}

    def renamed(turns: list[Turn]) -> tuple[Turn, ...]:
        return tuple(sorted(Turn(t.span, names[t.speaker]) for t in turns))

    disjoint: list[Turn] = []
    for turn in renamed(exclusive):
        # Rounding to milliseconds can make neighbours share one; the later one gives it up.
        start = max(turn.span.start, disjoint[-1].span.end) if disjoint else turn.span.start
        if start < turn.span.end:
            disjoint.append(Turn(Span(Millis(start), turn.span.end), turn.speaker))
    return Diarization(tuple(disjoint), renamed(overlapping), duration)
