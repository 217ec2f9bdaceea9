"""The peer of our diarization: pyannote.audio's own pipeline, as published, over the same two models."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from speakers import campplus
from speakers.diarize import import_pyannote, segmentation_network
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.sound import SAMPLE_RATE_HZ, Sound

STEP = 0.1
THRESHOLD = 0.7
MIN_CLUSTER_SIZE = 12


class Embedding:
    """CAM++ as pyannote.audio would run it: its wrapper of a WeSpeaker model, with this network in it.

    Source:
        `ONNXWeSpeakerPretrainedSpeakerEmbedding`: features of the whole window for each voice, then each voice's own
        frames of them, one by one.
    """

    sample_rate = SAMPLE_RATE_HZ
    dimension = 192
    metric = "cosine"
    min_num_samples = SAMPLE_RATE_HZ // 2
    min_num_frames = 48

    def __init__(self, weights: Path) -> None:
        self._network = campplus.load(weights)

    def __call__(self, waveforms: torch.Tensor, masks: torch.Tensor) -> npt.NDArray[np.float32]:
        """(batch, 192) of (batch, 1, n_samples) waveforms and (batch, n_frames) masks; NaN where too short."""
        from torchaudio.compliance import kaldi

        embeddings = np.full((len(waveforms), self.dimension), np.nan, dtype=np.float32)
        for row, waveform in enumerate(waveforms):
            features = kaldi.fbank(waveform, num_mel_bins=80, sample_frequency=self.sample_rate, dither=0.0)
            features = features - features.mean(0, keepdim=True)
            wide = torch.nn.functional.interpolate(masks[row][None, None], size=len(features), mode="nearest")
            own = features[wide[0, 0] > 0.5]
            if len(own) >= self.min_num_frames:
                with torch.inference_mode():
                    embeddings[row] = self._network((own - own.mean(0, keepdim=True))[None])[0].numpy()
        return embeddings


def pipeline(segmentation: Path, embedding: Path, step: float = STEP) -> Any:
    """Pyannote's `SpeakerDiarization` with its defaults, over local files."""
    import_pyannote()
    from pyannote.audio import Audio, Inference
    from pyannote.audio.pipelines import SpeakerDiarization
    from pyannote.audio.pipelines.clustering import AgglomerativeClustering
    from pyannote.pipeline.parameter import ParamDict, Uniform

    class Local(SpeakerDiarization):
        """The published pipeline; only where its models come from is another place."""

        def __init__(self) -> None:
            # The parent's __init__ asks the hub for a PLDA and an embedding by name; its own parent's does not.
            super(SpeakerDiarization, self).__init__()  # type: ignore[no-untyped-call]  # it has no types
            model = segmentation_network(segmentation)
            seconds = model.specifications.duration
            self.legacy = False
            self.segmentation_model = model
            self.segmentation_step = step
            self.embedding_batch_size = 1
            self.embedding_exclude_overlap = True
            self.klustering = "AgglomerativeClustering"
            self.der_variant = {"collar": 0.0, "skip_overlap": False}
            self._segmentation = Inference(
                model, duration=seconds, step=step * seconds, skip_aggregation=True, batch_size=1
            )
            self.segmentation = ParamDict(min_duration_off=Uniform(0.0, 1.0))
            self._embedding = Embedding(embedding)
            self._audio = Audio(sample_rate=SAMPLE_RATE_HZ, mono="downmix")
            self.clustering = AgglomerativeClustering(metric="cosine")
            self._expects_num_speakers = False

    built = Local()
    built.instantiate(
        {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {
                "method": "centroid",
                "min_cluster_size": MIN_CLUSTER_SIZE,
                "threshold": THRESHOLD,
            },
        }
    )
    return built


def diarize(peer: Any, sound: Sound) -> Diarization:
    """What the peer hears in a whole recording."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        heard = peer(
            {"waveform": torch.from_numpy(sound[:])[None], "sample_rate": SAMPLE_RATE_HZ, "uri": "sound"}
        )
    return Diarization(
        _turns(heard.exclusive_speaker_diarization), _turns(heard.speaker_diarization), sound.duration
    )


def _turns(annotation: Any) -> tuple[Turn, ...]:
    turns = [
        Turn(Span(Millis(round(s.start * 1000)), Millis(round(s.end * 1000))), SpeakerId(str(label)))
        for s, _, label in annotation.itertracks(yield_label=True)
        if round(s.end * 1000) > round(s.start * 1000) >= 0
    ]
    return tuple(sorted(turns))
