"""pyannote.audio's one door: who speaks when.

Two ways in: the offline bundle (`speakers.offline`: segmentation-3.0 and CAM++, no account, no network), and any
pyannote pipeline that the user names together with their own token.
"""

from __future__ import annotations

import sys
import types
import warnings
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from speakers.error import ModelError
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.sound import SAMPLE_RATE_HZ, Progress, Sound

MIN_TURN_MS = 1
"""pyannote's frames are 17 ms; a turn that rounds to nothing is none."""


Part = tuple[int, int]
"""Which part of how many, from 0."""


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


class SectionDiarizer(Diarizer, Protocol):
    """An engine that can hear a recording part by part, twice; who is who is found at the end, from all parts.

    However many processes hear the parts, and in whatever order, the outcome is that of the whole, to the bit.
    """

    def segment_part(self, sound: Sound, part: Part, progress: Progress) -> npt.NDArray[np.float16]:
        """(n_windows, n_frames, n_local_voices) who of a few local voices speaks, in one part of the windows."""

    def embed_part(
        self, sound: Sound, activity: npt.NDArray[np.float16], part: Part, progress: Progress
    ) -> npt.NDArray[np.float32]:
        """(n_pieces, n_dimensions) what voices sound like, in one part of the pieces.

        Args:
            sound: of the whole recording.
            activity: that of all parts in a row.
            part: which.
            progress: told about what is done.
        """

    def join_parts(
        self,
        sound: Sound,
        activity: npt.NDArray[np.float16],
        vectors: npt.NDArray[np.float32],
        least: int | None,
        most: int | None,
    ) -> Diarization:
        """Who speaks when, from what was heard in all parts; `least` and `most` as for `Diarizer`."""


def use_threads(count: int) -> None:
    """Let the networks of this process use so many threads of the processor; 0 leaves it as it is."""
    if count:
        import torch

        torch.set_num_threads(count)


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
        return renumbered(
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


def renumbered(exclusive: list[Turn], overlapping: list[Turn], duration: Millis) -> Diarization:
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
