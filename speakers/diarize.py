"""pyannote.audio's one door: who speaks when.

Two ways in: the offline bundle (segmentation-3.0 and CAM++, no account, no network), and any pyannote pipeline
that the user names together with their own token. Telemetry is switched off before the first import.
"""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from speakers.error import ModelError
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.sound import SAMPLE_RATE_HZ, Progress, Sound

if TYPE_CHECKING:
    import torch

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


class _Voices:
    """CAM++ behind the interface that pyannote's pipelines expect of an embedding."""

    sample_rate = SAMPLE_RATE_HZ
    dimension = 192
    metric = "cosine"
    min_num_samples = SAMPLE_RATE_HZ // 2

    def __init__(self, weights: Path) -> None:
        import torch

        from speakers import campplus

        self._network = campplus.load(weights)
        self._device = torch.device("cpu")

    def features(self, waveform: torch.Tensor) -> torch.Tensor:
        """(frames, 80) log mel features of a (n_samples,) waveform, not yet mean-normalised."""
        from torchaudio.compliance import kaldi

        features: torch.Tensor = kaldi.fbank(
            waveform[None], num_mel_bins=80, sample_frequency=SAMPLE_RATE_HZ, dither=0.0
        )
        return features

    def embed(self, features: torch.Tensor) -> npt.NDArray[np.float32]:
        """(192,) embedding of (frames, 80) features."""
        import torch

        with torch.inference_mode():
            normalised = (features - features.mean(0, keepdim=True)).to(self._device)
            embedding: npt.NDArray[np.float32] = self._network(normalised[None])[0].cpu().numpy()
        return embedding

    def to(self, device: torch.device) -> _Voices:
        """Move the network; features are always taken on the CPU."""
        self._network.to(device)
        self._device = device
        return self


@dataclass(frozen=True, slots=True)
class Settings:
    """How the offline bundle diarizes.

    Attributes:
        step: of the 10 s segmentation window, as a share of it.
        threshold: cosine-like distance under which two voices are one.
        min_cluster_size: windows a voice has to appear in; fewer are given to the nearest other voice.
        min_frames: 10 ms feature frames under which a voice is not embedded at all.
    """

    step: float = 0.1
    threshold: float = 0.65
    min_cluster_size: int = 12
    min_frames: int = 40


def _bundle(segmentation: Path, embedding: Path, settings: Settings) -> Any:
    """Pyannote's `SpeakerDiarization` over local files, with each voice embedded from its own frames only."""
    import_pyannote()
    import torch
    from pyannote.audio import Audio, Inference, Model
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.pipelines import SpeakerDiarization
    from pyannote.audio.pipelines.clustering import AgglomerativeClustering
    from pyannote.core import SlidingWindowFeature
    from pyannote.pipeline import Pipeline
    from pyannote.pipeline.parameter import ParamDict, Uniform

    class OfflineDiarization(SpeakerDiarization):
        """The published pipeline, built from files instead of the hub."""

        def __init__(self) -> None:
            # The parent's __init__ asks the hub for a PLDA and an embedding by name; its own parent's does not.
            super(SpeakerDiarization, self).__init__()  # type: ignore[no-untyped-call]  # it has no types
            # The checkpoint is a pickle with these classes in it; its sha256 was checked before it came here.
            safe: list[Any] = [torch.torch_version.TorchVersion, Specifications, Problem, Resolution]
            with torch.serialization.safe_globals(safe), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = Model.from_pretrained(segmentation)
            if model is None:
                raise ModelError(
                    f"{segmentation.name} is no segmentation model.", "Run `zhuzi models fetch` again."
                )
            model.eval()
            specifications: Any = model.specifications
            seconds = specifications.duration
            self.legacy = False
            self.segmentation_model = model
            self.segmentation_step = settings.step
            self.embedding_batch_size = 1
            self.embedding_exclude_overlap = True
            self.klustering = "AgglomerativeClustering"
            self.der_variant = {"collar": 0.0, "skip_overlap": False}
            self._segmentation = Inference(
                model, duration=seconds, step=settings.step * seconds, skip_aggregation=True, batch_size=16
            )
            self.segmentation = ParamDict(min_duration_off=Uniform(0.0, 1.0))
            self._embedding = _Voices(embedding)
            self._audio = Audio(sample_rate=SAMPLE_RATE_HZ, mono="downmix")
            self.clustering = AgglomerativeClustering(metric="cosine")
            self._expects_num_speakers = False

        def get_embeddings(
            self,
            file: Any,
            binary_segmentations: SlidingWindowFeature,
            exclude_overlap: bool = True,
            hook: Callable[..., None] | None = None,
        ) -> npt.NDArray[np.float32]:
            """(n_chunks, n_local_speakers, 192); NaN where a voice is not heard alone long enough.

            Features are taken once per window instead of once per voice, and only voices that are there are
            embedded. Overlapped frames are left out where enough remain.
            """
            chunks, frames, voices = binary_segmentations.data.shape
            embeddings = np.full((chunks, voices, self._embedding.dimension), np.nan, dtype=np.float32)
            for index, (chunk, mask_of) in enumerate(binary_segmentations):
                active = np.nan_to_num(mask_of, nan=0.0)
                if active.any():
                    waveform, _ = self._audio.crop(file, chunk, mode="pad")
                    features = self._embedding.features(waveform[0])
                    nearest = np.linspace(0, frames - 1, len(features)).round().astype(int)
                    alone = active * (active.sum(1, keepdims=True) < 2)
                    for voice in range(voices):
                        for mask in (alone[nearest, voice], active[nearest, voice]):
                            chosen = np.flatnonzero(mask > 0.5)
                            if len(chosen) >= settings.min_frames:
                                embeddings[index, voice] = self._embedding.embed(features[chosen])
                                break
                if hook is not None:
                    hook("embeddings", None, total=chunks, completed=index + 1)
            return embeddings

    pipeline: Pipeline = OfflineDiarization()
    pipeline.instantiate(
        {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {
                "method": "centroid",
                "min_cluster_size": settings.min_cluster_size,
                "threshold": settings.threshold,
            },
        }
    )
    return pipeline


class PyannoteDiarizer:
    """Any pyannote pipeline as a `Diarizer`.

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
    def offline(
        cls,
        segmentation: Path,
        embedding: Path,
        models: str,
        *,
        device: str = "cpu",
        settings: Settings = Settings(),
    ) -> PyannoteDiarizer:
        """The bundle that needs no account and no network.

        Args:
            segmentation: verified checkpoint of segmentation-3.0.
            embedding: verified weights of CAM++.
            models: what the two files are, by digest, for the fingerprint.
            device: "cpu" or "cuda".
            settings: see `Settings`.
        """
        return cls(_bundle(segmentation, embedding, settings), f"offline {models} {settings}", device)

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
