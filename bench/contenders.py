"""The engines of `bench/hearing.py`, each as a class that loads its models at birth and answers tasks.

Every one of them runs in a child process (`bench/child.py`), hears the same samples, and may use the same threads.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.work import Counter, whisper
from speakers.error import RecordingError
from speakers.record import Diarization, Span
from speakers.sound import Sound

Answer = dict[str, Any]
"""JSON: "words" are (text, start, end, spaced), "turns" (start, end, voice), in milliseconds."""


@dataclasses.dataclass(frozen=True)
class Setup:
    """What an engine is given.

    Attributes:
        whisper: folder of the CTranslate2 model.
        segmentation: checkpoint of segmentation-3.0.
        embedding: weights of CAM++.
        device: "cpu" or "cuda".
        compute_type: CTranslate2's name for the arithmetic.
        threads: on the processor.
    """

    whisper: str
    segmentation: str
    embedding: str
    device: str
    compute_type: str
    threads: int


def _batch(setup: Setup) -> int:
    """8 on a processor; on a GPU as many windows as ours reads at once there, by free memory."""
    if setup.device == "cpu":
        return 8
    from speakers.whisper import _fitting_batch

    return _fitting_batch()


def _untold(_step: str, _done: int, _total: int) -> None:
    """Nobody is told of progress inside a measurement."""


def _diarization(found: Diarization) -> Answer:
    return {
        side: [[t.span.start, t.span.end, t.speaker] for t in getattr(found, side)]
        for side in ("exclusive", "overlapping")
    }


class Ours:
    """Zhuzi: `speakers.transcribe`, and the diarization that its settings name."""

    def __init__(self, setup: Setup, counter: Counter) -> None:
        from pipeline.engines import engines
        from pipeline.settings import settings
        from speakers.transcribe import WhisperTranscriber

        folder = Path(setup.whisper)
        self._transcriber = WhisperTranscriber(
            folder, "bench", device=setup.device, compute_type=setup.compute_type
        )
        counter.watch_whisper(self._transcriber._whisper._model, whisper(folder))
        self._diarizer = engines(dataclasses.replace(settings(), device=setup.device)).diarizer()

    def words(self, sound: Sound, _task: Answer) -> Answer:
        """What was said, and what was not understood."""
        try:
            heard = self._transcriber(sound, "auto", (), _untold)
        except RecordingError:  # nobody speaks in it
            return {"language": "zh", "words": [], "unheard": []}
        return {
            "language": heard.language,
            "words": [[w.text, w.span.start, w.span.end, w.spaced] for w in heard.words],
            "unheard": [[s.start, s.end] for s in heard.unheard],
        }

    def voices(self, sound: Sound, _task: Answer) -> Answer:
        """Who spoke when."""
        return _diarization(self._diarizer(sound, None, None, _untold))

    def speech(self, sound: Sound, _task: Answer) -> Answer:
        """Where the audit looks for words."""
        from speakers.whisper import speech

        return {"speech": [[s.start, s.end] for s in speech(sound, 28_000)]}

    def whole(self, _sound: Sound, task: Answer) -> Answer:
        """The way of a recording, from the task's file to a record; only how much there is of it is told."""
        from speakers import attribute, sound
        from speakers.transcribe import with_unheard

        into = Path(task["into"])
        sound.decode(sound.look(Path(task["recording"])), into, _untold)
        samples = Sound(into)
        heard = self._transcriber(samples, "auto", (), _untold)
        turns = self._diarizer(samples, None, None, _untold)
        record = attribute.record(heard.language, with_unheard(heard), turns)
        return {
            "seconds": samples.duration / 1000,
            "voices": len(turns.speakers),
            "words": len(heard.words),
            "statements": len(record.statements),
        }


class FasterWhisper:
    """faster-whisper as it is published: "sequential", "plain" (its defaults) or "batched"."""

    def __init__(self, setup: Setup, counter: Counter, mode: str) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        model = WhisperModel(
            setup.whisper,
            device=setup.device,
            compute_type=setup.compute_type,
            cpu_threads=setup.threads,
            local_files_only=True,
        )
        counter.watch_whisper(model, whisper(Path(setup.whisper)))
        self._transcribe: Any = model.transcribe
        self._options: dict[str, Any] = {}
        if mode == "sequential":
            self._options = {"beam_size": 5, "word_timestamps": True, "vad_filter": True}
        elif mode == "batched":
            self._transcribe = BatchedInferencePipeline(model).transcribe
            self._options = {"batch_size": _batch(setup), "beam_size": 5, "word_timestamps": True}

    def words(self, sound: Sound, _task: Answer) -> Answer:
        """What was said; without words' times each segment is one word."""
        segments, info = self._transcribe(sound[:], **self._options)
        heard: list[list[Any]] = []
        text = []
        for segment in segments:
            text.append(segment.text)
            for each in segment.words or [segment]:
                written = each.word if segment.words else each.text
                spaced = written[:1].isspace() or not segment.words
                heard.append([written.strip(), round(1000 * each.start), round(1000 * each.end), spaced])
        return {"language": info.language, "words": heard, "text": text}


class WhisperX:
    """whisperX's transcription and its way of giving text to speakers; runs in its own virtual environment.

    No alignment model, because there is none for both languages without a hub; its voice activity model is the one in
    its package, its diarization pyannote's, given from outside.
    """

    def __init__(self, setup: Setup, counter: Counter) -> None:
        # The checkpoint in its package is a pickle with many classes in it; pip checked the package's digest.
        os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"
        from speakers.diarize import import_pyannote

        import_pyannote()
        import whisperx

        logging.disable(logging.INFO)
        self._pipeline = whisperx.load_model(
            setup.whisper,
            setup.device,
            compute_type=setup.compute_type,
            threads=setup.threads,
            local_files_only=True,
        )
        counter.watch_whisper(self._pipeline.model, whisper(Path(setup.whisper)))
        self._batch = _batch(setup)
        self._heard: dict[str, Any] = {}

    def words(self, sound: Sound, _task: Answer) -> Answer:
        """What was said, in segments of up to 30 s."""
        self._heard = self._pipeline.transcribe(sound[:], batch_size=self._batch)
        segments = self._heard["segments"]
        return {
            "language": self._heard["language"],
            "words": [[s["text"].strip(), *_millis(s), True] for s in segments],
            "text": [s["text"] for s in segments],
        }

    def assign(self, _sound: Sound, task: Answer) -> Answer:
        """Speakers for the segments of the last transcription, from the task's turns."""
        import pandas
        from whisperx.diarize import assign_word_speakers

        turns = pandas.DataFrame(
            [{"start": start / 1000, "end": end / 1000, "speaker": who} for start, end, who in task["turns"]]
        )
        given = assign_word_speakers(turns, self._heard)["segments"]
        return {"passages": [[s["text"], *_millis(s), s.get("speaker", "S0")] for s in given]}


def _millis(segment: dict[str, Any]) -> tuple[int, int]:
    return round(1000 * segment["start"]), round(1000 * segment["end"])


class Pyannote:
    """pyannote.audio's own pipeline at its default step."""

    def __init__(self, setup: Setup) -> None:
        from bench import peer

        self._peer = peer
        self._pipeline = peer.pipeline(Path(setup.segmentation), Path(setup.embedding))
        if setup.device == "cuda":
            import torch

            self._pipeline.to(torch.device("cuda"))

    def voices(self, sound: Sound, _task: Answer) -> Answer:
        """Who spoke when."""
        return _diarization(self._peer.diarize(self._pipeline, sound))


class Machine:
    """No engine: what the machine could do at best."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def peak(self, _sound: Sound, _task: Answer) -> Answer:
        """Operations a second in each precision."""
        from bench.peak import measured

        return {"peak": measured(self._setup.device, self._setup.threads)}


ENGINES: dict[str, Callable[[Setup, Counter], Any]] = {
    "ours": Ours,
    "sequential": lambda setup, counter: FasterWhisper(setup, counter, "sequential"),
    "plain": lambda setup, counter: FasterWhisper(setup, counter, "plain"),
    "batched": lambda setup, counter: FasterWhisper(setup, counter, "batched"),
    "whisperx": WhisperX,
    "pyannote": lambda setup, _: Pyannote(setup),
    "machine": lambda setup, _: Machine(setup),
}


def loaded(name: str, setup: Setup, counter: Counter) -> Any:
    """An engine with its models in memory, and its work counted."""
    import torch

    torch.set_num_threads(setup.threads)
    counter.watch_torch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ENGINES[name](setup, counter)


def span(values: list[int]) -> Span:
    """A span from its two milliseconds."""
    return Span(*values)  # type: ignore[arg-type]  # whole numbers, from JSON
