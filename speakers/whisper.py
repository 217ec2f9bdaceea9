"""faster-whisper's one door: where somebody speaks, and what one stretch of sound says.

The library's own batched mode reads each window once, without timestamps, and loses what the model skips. Here its
parts are used one by one: windows of about equal length are encoded together, no longer than they are (Whisper pads
all to 30 s, and attention over padding is most of the encoder's work), read with timestamps, and aligned word by word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speakers.error import ModelError
from speakers.hints import fitting
from speakers.reading import BEAM, Passage, Reading
from speakers.record import Millis, Span, Word
from speakers.sound import SAMPLE_RATE_HZ, Sound

_PAD_MS = 2_000
"""Silence after a window: with less the model does not notice that it is over, and says things twice."""

_MOST_MS = 30_000
"""What the model hears at once."""

_BATCH = 4
"""Windows that are read together; with more, one worker waits for the other at the end, and memory grows."""

_GPU_WINDOW_BYTES, _GPU_BATCH = 512 << 20, 64
"""What one window takes of a GPU's memory with the largest model and `BEAM` beams, and the largest batch."""

_OTHER_LANGUAGE = 4.0
"""A window is in another language than the meeting if that is so many times as likely."""

_BLOCK = 600 * SAMPLE_RATE_HZ
"""Samples in which speech is looked for at once."""

_WEIGHED, _NEVER = 16, 1e-10
"""Texts that are weighed together, and the least probability of a token."""

_TOKENS_PER_SECOND, _TOKENS_AT_LEAST = 20, 48
"""Nobody speaks faster; a reading that goes on repeats itself."""

_OTHER_WAYS: tuple[dict[str, float], ...] = (
    {"beam_size": 1},
    {"beam_size": BEAM, "repetition_penalty": 1.2, "no_repeat_ngram_size": 3},
)
"""How a passage is read whose most likely text went wrong: word by word, then so that nothing is said twice."""


class Whisper:
    """A CTranslate2 Whisper model.

    On a processor, half as many threads as cores work on each of two batches at a time: many small products of
    matrices fill the cores better so than one after the other with all threads.

    Args:
        model: folder of verified model files.
        device: "cpu", "cuda" or "auto".
        compute_type: CTranslate2's name for the arithmetic.
        threads: of a processor that it may use; 0 for as many as there are cores.
    """

    def __init__(
        self, model: Path, *, device: str = "cpu", compute_type: str = "int8", threads: int = 0
    ) -> None:
        from ctranslate2 import get_cuda_device_count
        from faster_whisper import WhisperModel

        cores = threads or len(os.sched_getaffinity(0))
        on_cpu = device == "cpu" or get_cuda_device_count() == 0
        self._workers = min(2, cores) if on_cpu else 1
        self._batch = _BATCH if on_cpu else _fitting_batch()
        self._model: Any = WhisperModel(
            str(model),
            device=device,
            compute_type=compute_type,
            local_files_only=True,
            cpu_threads=max(1, cores // self._workers),
            num_workers=self._workers,
        )

    @property
    def arithmetic(self) -> str:
        """On what it runs, and in which numbers: "cpu int8_float32"."""
        return f"{self._model.model.device} {self._model.model.compute_type}"

    @cache  # noqa: B019 - a model lives as long as its process
    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        try:
            return Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        except ValueError as error:
            raise ModelError(
                f"The model does not know the language {language}.", "Set language to auto, zh or en."
            ) from error

    @cache  # noqa: B019
    def _never(self, language: str) -> list[int]:
        """Tokens that are never written: signs that nobody says, and in Chinese digits.

        Numbers are written as they are spoken, 三百二十八萬 and not 328: that is what "verbatim" means, and the
        model, which was taught digits, guesses wrong ones where it is not sure (400分鐘 for 四十分鐘).
        """
        from faster_whisper.transcribe import get_suppressed_tokens

        tokenizer = self._tokenizer(language)
        never = set(get_suppressed_tokens(tokenizer, [-1]))
        if language == "zh":
            vocabulary: dict[str, int] = self._model.hf_tokenizer.get_vocab()
            never |= {
                i for t, i in vocabulary.items() if i < tokenizer.eot and any(c in "0123456789" for c in t)
            }
        return sorted(never)

    def languages(self, sound: Sound, spans: Iterable[Span]) -> dict[str, float]:
        """Probability of every language, over some stretches together; sums to 1.

        Raises:
            ModelError: If the engine fails on every one of them.
        """
        sums: dict[str, float] = {}
        for row in self._spoken_in(sound, list(spans)):
            for language, likely in row.items():
                sums[language] = sums.get(language, 0.0) + likely
        if not sums:
            raise ModelError(
                "The transcription model cannot tell which language is spoken.",
                "Set language to zh or en in meeting.toml; if that fails too, run `zhuzi models verify`.",
            )
        return {language: likely / sum(sums.values()) for language, likely in sums.items()}

    def _spoken_in(self, sound: Sound, spans: list[Span]) -> list[dict[str, float]]:
        """Each language's probability in stretches, without those on which the engine fails."""
        try:
            return self._spoken(self._encoded(sound, spans))
        except (RuntimeError, ValueError, IndexError):
            middle = len(spans) // 2
            halves = (spans[:middle], spans[middle:]) if middle else ()
            return [row for half in halves for row in self._spoken_in(sound, half)]

    def read(
        self, sound: Sound, passages: Sequence[Passage], languages: Sequence[str]
    ) -> Iterator[list[Reading]]:
        """Read passages, batch by batch, longest first; each comes out once.

        Args:
            sound: of the whole recording.
            passages: (n_passages,) in any order.
            languages: that may be spoken, the meeting's first. With several, each passage is read in the one that
                is spoken in it; nothing is translated.
        """
        ordered = sorted(passages, key=lambda p: (*_how(p), -p.span.length, p.span.start))
        batches: list[list[Passage]] = []
        for passage in ordered:
            alike = batches and _how(batches[-1][0]) == _how(passage)
            if not alike or len(batches[-1]) >= self._batch:
                batches.append([])
            batches[-1].append(passage)
        with ThreadPoolExecutor(self._workers) as workers:
            yield from workers.map(lambda batch: self._safely(sound, batch, languages), batches)

    def _safely(self, sound: Sound, batch: list[Passage], languages: Sequence[str]) -> list[Reading]:
        """A batch; where the engine fails on it, half by half: a bad passage spoils no other, and memory may do."""
        try:
            return self._batch_of(sound, batch, languages)
        except (RuntimeError, ValueError, IndexError):
            if len(batch) == 1:
                return [Reading(batch[0], (), languages[0], broken=True)]
            middle = len(batch) // 2
            halves = (batch[:middle], batch[middle:])
            return [reading for half in halves for reading in self._safely(sound, half, languages)]

    def _batch_of(self, sound: Sound, batch: list[Passage], languages: Sequence[str]) -> list[Reading]:
        encoded = self._encoded(sound, [p.span for p in batch])
        spoken = [languages[0]] * len(batch)
        if len(languages) > 1:
            spoken = [_language(likely, languages) for likely in self._spoken(encoded)]
        readings: dict[int, Reading] = {}
        for language in sorted(set(spoken)):
            rows = [i for i, code in enumerate(spoken) if code == language]
            part = encoded if len(rows) == len(batch) else self._rows(encoded, rows)
            readings.update(zip(rows, self._decoded(part, [batch[i] for i in rows], language), strict=True))
        return [readings[i] for i in range(len(batch))]

    def _encoded(self, sound: Sound, spans: list[Span]) -> Any:
        """CTranslate2's (n_spans, frames, dimensions): no more frames than the longest span needs."""
        longest = max(s.length for s in spans)
        frames = min(_MOST_MS, longest + _PAD_MS) // 20 * 2
        features = []
        for span in spans:
            heard = sound.cut(span)
            padded = np.pad(heard, (0, max(0, frames * SAMPLE_RATE_HZ // 100 - len(heard))))
            features.append(self._model.feature_extractor(padded, padding=0)[:, :frames])
        return self._model.encode(np.stack(features))

    def _rows(self, encoded: Any, rows: list[int]) -> Any:
        import ctranslate2

        whole: npt.NDArray[np.float32] = np.array(encoded.to_device(ctranslate2.Device.cpu))
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(whole[rows]))

    def _spoken(self, encoded: Any) -> list[dict[str, float]]:
        """For each row, each language's probability."""
        return [
            {token[2:-2]: float(likely) for token, likely in row}
            for row in self._model.model.detect_language(encoded)
        ]

    def _prompts(self, batch: list[Passage], language: str) -> list[list[int]]:
        """What the model is told before it reads; all of one length, which CTranslate2 asks for."""
        tokenizer = self._tokenizer(language)
        hints = ["、".join(fitting(p.terms)) for p in batch]
        prompts = []
        if any(hints):
            told = [tokenizer.encode(" " + hint) for hint in hints]
            longest = max(map(len, told))
            comma = tokenizer.encode("、")[-1]
            prompts = [[tokenizer.sot_prev, *[comma] * (longest - len(t)), *t] for t in told]
        return [[*(prompts[i] if prompts else []), *tokenizer.sot_sequence] for i in range(len(batch))]

    def _decoded(self, encoded: Any, batch: list[Passage], language: str) -> list[Reading]:
        from faster_whisper.transcribe import get_compression_ratio

        tokenizer = self._tokenizer(language)
        way = _OTHER_WAYS[batch[0].attempt - 1] if batch[0].attempt else {"beam_size": batch[0].beam}
        prompts = self._prompts(batch, language)
        longest = max(p.span.length for p in batch)
        room = _TOKENS_AT_LEAST + _TOKENS_PER_SECOND * longest // 1000
        found = self._model.model.generate(
            encoded,
            prompts,
            max_length=min(self._model.max_length, len(prompts[0]) + room),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._never(language),
            max_initial_timestamp_index=50,
            **way,
        )
        texts = [[t for t in r.sequences_ids[0] if t < tokenizer.eot] for r in found]
        frames = [p.span.length // 10 for p in batch]
        aligned = (
            self._model.find_alignment(tokenizer, texts, encoded, frames) if any(texts) else [[]] * len(batch)
        )
        return [
            Reading(
                passage=passage,
                words=tuple(_adopted(words, passage.span)),
                language=language,
                likely=result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1),
                loops=get_compression_ratio(tokenizer.decode(text)) if text else 1.0,
                silent=result.no_speech_prob,
            )
            for passage, result, text, words in zip(batch, found, texts, aligned, strict=True)
        ]

    def weigh(
        self, sound: Sound, span: Span, language: str, texts: Sequence[str], told: Sequence[str]
    ) -> list[float]:
        """How likely texts are what a stretch of sound says, each by itself; nothing is decoded.

        Args:
            sound: of the whole recording.
            span: shorter than what the model hears at once.
            language: that is spoken in it.
            texts: (n_texts,) at least one.
            told: terms that the model is told may be said.

        Returns:
            (n_texts,) log probability of all tokens of each.

        Raises:
            ModelError: If the engine fails.
        """
        import ctranslate2

        tokenizer = self._tokenizer(language)
        hint = tokenizer.encode(" " + "、".join(told)) if told else []
        start = [*([tokenizer.sot_prev, *hint] if hint else []), *tokenizer.sot_sequence]
        likely: list[float] = []
        try:
            encoded = self._encoded(sound, [span]).to_device(ctranslate2.Device.cpu)
            for begin in range(0, len(texts), _WEIGHED):
                part = texts[begin : begin + _WEIGHED]
                rows = np.ascontiguousarray(np.repeat(np.array(encoded), len(part), axis=0))
                found = self._model.model.align(
                    ctranslate2.StorageView.from_array(rows),
                    start,
                    [tokenizer.encode(text) for text in part],
                    span.length // 10,
                )
                likely += [float(np.log(np.maximum(_NEVER, row.text_token_probs)).sum()) for row in found]
        except (RuntimeError, ValueError, IndexError) as error:
            raise ModelError(
                "The transcription model fails on a part of this recording.",
                "Run `zhuzi doctor`, then `zhuzi models verify`.",
            ) from error
        return likely


def _fitting_batch() -> int:
    """As many windows as fit into half of what is free on the GPU; where that was too many, halves are tried."""
    import torch

    free = torch.cuda.mem_get_info()[0] if torch.cuda.is_available() else 4 << 30
    return max(1, min(_GPU_BATCH, free // 2 // _GPU_WINDOW_BYTES))


def _how(passage: Passage) -> tuple[int, bool, int]:
    """What passages have in common that are read together."""
    return passage.attempt, bool(passage.terms), passage.beam


def _language(likely: dict[str, float], languages: Sequence[str]) -> str:
    """The meeting's language, unless another one is much more likely.

    >>> _language({"zh": 0.3, "en": 0.7}, ("zh", "en")), _language({"zh": 0.1, "en": 0.9}, ("zh", "en"))
    ('zh', 'en')
    """
    usual, *others = languages
    best = max(others, key=lambda language: likely.get(language, 0.0))
    return best if likely.get(best, 0.0) >= _OTHER_LANGUAGE * likely.get(usual, 0.0) else usual


def _adopted(heard: Sequence[dict[str, Any]], window: Span) -> list[Word]:
    """faster-whisper's words as ours; a leading space becomes `spaced`, lone punctuation joins its word."""
    words: list[Word] = []
    for word in heard:
        text = word["word"].strip()
        if words and text and not any(c.isalnum() for c in text):
            words[-1] = replace(words[-1], text=words[-1].text + text)
            continue
        if not any(c.isalnum() for c in text):
            continue
        start = window.start + max(0, round(float(word["start"]) * 1000))
        if start >= window.end:
            break  # past the sound, in the silence that the model pads it with: nothing was said there
        end = min(window.end, window.start + round(float(word["end"]) * 1000))
        span = Span(Millis(start), Millis(max(start + 1, end)))
        words.append(
            Word(text, span, min(1.0, max(0.0, float(word["probability"]))), word["word"][:1].isspace())
        )
    return words


def speech(sound: Sound, longest: int) -> list[Span]:
    """Where somebody speaks, by Silero, the voice activity detector inside faster-whisper.

    It looks at ten minutes at a time. What it finds at the end of a block may go on, so the next block begins there.

    Args:
        sound: of the whole recording.
        longest: milliseconds; speech without a pause is cut at its quietest moments into pieces no longer.

    Returns:
        (n_spans,) sorted and disjoint.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=200, max_speech_duration_s=longest / 1000)
    found: list[Span] = []
    at = 0
    while at < len(sound):
        block = sound[at : at + _BLOCK]
        last = at + len(block) >= len(sound)
        regions = [(at + r["start"], at + r["end"]) for r in get_speech_timestamps(block, options)]
        unfinished = not last and len(regions) > 1 and regions[-1][1] >= at + len(block) - SAMPLE_RATE_HZ
        if unfinished:
            *regions, (beyond, _) = regions
        for start, end in regions:
            begins = max(_millis(start), found[-1].end if found else 0)
            if _millis(end) > begins:
                found.append(Span(Millis(begins), Millis(_millis(end))))
        at = beyond if unfinished else at + len(block)
    return found


def _millis(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE_HZ
