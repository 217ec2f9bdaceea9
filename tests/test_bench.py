"""The arithmetic of `bench/hearing.py` on known numbers; the engines themselves are measured by running it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import goals, masking, material, measure, rows, work
from bench.child import Answered, Child, DiedError
from bench.contenders import Setup
from bench.measure import Figures, Measured, Silence
from bench.work import Counter, Work
from speakers.account import Passage, of_passages
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.score_turns import TurnErrors
from speakers.score_words import Edits

ROOT = Path(__file__).parent.parent
A, B = SpeakerId("A"), SpeakerId("B")


def span(start: int, end: int) -> Span:
    return Span(Millis(start), Millis(end))


def figures(engine: str, wall_s: float, errors: int, run: int = 0, **more: object) -> Figures:
    given = Figures(
        engine,
        "x",
        "x",
        run,
        100.0,
        wall_s,
        2 * wall_s,
        Work(100.0, 10.0),
        words=Edits(0, 0, errors, 100),
        spoken=Edits(0, 0, errors, 100),
        turns=TurnErrors(float(errors), 0.0, 0.0, 100.0),
    )
    return replace(given, **more)  # type: ignore[arg-type]


def measured(*found: Figures) -> Measured:
    return Measured(found, {"ours": 900.0}, {"ours": 3.0})


def by_name(found: Measured, peaks: dict[str, float] | None = None) -> dict[str, rows.Row]:
    return {r.figure: r for r in goals.rows(found, peaks or {}, "int8")}


def test_a_ratio_is_of_medians_and_tells_the_spread_of_the_pairs() -> None:
    found = rows.ratio([1.0, 3.0, 2.0], [2.0, 4.0, 10.0])
    assert found == rows.Ratio(0.5, 0.2, 0.75, 3)
    assert found is not None
    assert found.spread == "0.20 to 0.75 over 3 paired runs"


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([1.0], []), ([1.0], [0.0])])
def test_there_is_no_ratio_without_pairs_or_over_nothing(ours: list[float], theirs: list[float]) -> None:
    assert rows.ratio(ours, theirs) is None
    row = rows.against("time", ours, theirs, 0.5, "alone")
    assert (row.value, row.holds, row.how) == (None, False, "not measured: alone")


def test_a_missed_goal_stays_in_the_table_and_in_the_json() -> None:
    made = [
        rows.limited("time", 0.6, 0.5, "x"),
        rows.limited("memory", None, 2.0, "y"),
        rows.plain("n", 1, ""),
    ]
    table = rows.show(made, as_json=False).splitlines()
    assert ["MISSED" in line for line in table] == [True, False, False]
    assert "OPEN" in table[1]
    listed = json.loads(rows.show(made, as_json=True))
    assert listed[0] == {"figure": "time", "value": 0.6, "goal": "≤ 0.5", "holds": False, "how": "x"}
    assert listed[1]["value"] is None


def test_errors_are_held_against_the_better_mode_and_time_against_the_one_with_word_times() -> None:
    found = by_name(
        measured(
            figures("ours", 4.0, 19),
            figures("sequential", 10.0, 20),
            figures("plain", 8.0, 30),
            figures("batched", 5.0, 40),
        )
    )
    words = found["WER/CER, × sequential"]
    assert (words.value, words.holds) == (0.95, True)
    assert words.how.startswith(
        "all recordings with words; against the better of the two sequential modes: seq"
    )
    sequential = found["transcription: time, × sequential"]
    assert (sequential.value, sequential.goal, sequential.holds) == (0.4, "≤ 0.5", True)
    assert found["transcription: time, × plain"].goal == ""
    assert found["transcription: time, × batched"].value == 0.8


def test_errors_are_pooled_over_recordings_before_they_are_divided() -> None:
    found = measured(
        figures("ours", 1.0, 10),
        figures("ours", 1.0, 0, recording="y", group="y", words=Edits(0, 0, 0, 300)),
    )
    assert by_name(found)["WER/CER %: ours"].value == 2.5


def test_every_run_is_one_pair() -> None:
    pairs = [(1.0, 10.0), (2.0, 10.0), (9.0, 10.0)]
    found = measured(
        *(figures("ours, voices", a, 1, run) for run, (a, _) in enumerate(pairs)),
        *(figures("pyannote", b, 1, run) for run, (_, b) in enumerate(pairs)),
    )
    row = by_name(found)["diarization: time, × pyannote's default"]
    assert (row.value, row.holds) == (0.2, False)
    assert "0.10 to 0.90 over 3 paired runs" in row.how


def test_without_whisperx_its_rows_say_so() -> None:
    found = by_name(
        measured(
            figures("ours, whole", 2.0, 8),
            figures("sequential + word turns", 9.0, 10),
        )
    )
    assert found["cpWER/cpCER, × the better peer"].value == 0.8
    row = found["whole pipeline: time, × whisperX"]
    assert (row.value, row.holds, row.how[:12]) == (None, False, "not measured")


def test_speech_without_words_is_counted_once_whatever_the_number_of_runs() -> None:
    silent = Silence(10_000, 200, 100)
    found = by_name(measured(*(figures("ours", 1.0, 0, run, audited=silent) for run in range(3))))
    assert found["speech with no words, by the audit, %"].value == 2.0
    assert not found["speech with no words, by the audit, %"].holds
    assert found["the same unreported, by the audit, s"].value == 0.1


def test_the_share_of_the_peak_is_the_least_time_over_the_time_it_took() -> None:
    found = by_name(measured(figures("ours", 4.0, 0)), {"int8": 100.0, "float32": 10.0})
    assert found["transcription: share of peak %, ours"].value == 50.0


def test_memory_is_flat_if_three_times_the_length_takes_no_more_than_a_tenth_more() -> None:
    found = {r.figure: r for r in goals.long(3.0, {1.0: 1000.0, 3.0: 1200.0}, {1.0: 0.1, 3.0: 0.1})}
    assert found["peak memory GB of 3 h, whole pipeline"].holds
    assert (
        found["peak memory, growth with length"].value,
        found["peak memory, growth with length"].holds,
    ) == (
        1.2,
        False,
    )


@pytest.mark.parametrize(
    ("hours", "peaks", "why"), [(0.0, {}, "--hours 0"), (3.0, {1.0: 1000.0}, "it did not come to its end")]
)
def test_a_long_recording_that_was_not_measured_meets_no_goal(
    hours: float, peaks: dict[float, float], why: str
) -> None:
    found = {r.figure: r for r in goals.long(hours, peaks, {1.0: 0.1})}
    row = found["peak memory GB of 3 h, whole pipeline"]
    assert (row.value, row.holds, row.how) == (None, False, f"not measured: {why}")


def base_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "encoder/conv1/weight": (512, 80, 3),
        "encoder/layer_norm/gamma": (512,),
        "decoder/embeddings/weight": (51865, 512),
    }
    for layer in range(6):
        for side in ("encoder", "decoder"):
            at = f"{side}/layer_{layer}"
            shapes[f"{at}/self_attention/linear_0/weight"] = (1536, 512)
            shapes[f"{at}/self_attention/linear_1/weight"] = (512, 512)
            shapes[f"{at}/ffn/linear_0/weight"] = (2048, 512)
            shapes[f"{at}/ffn/linear_1/weight"] = (512, 2048)
        shapes[f"decoder/layer_{layer}/attention/linear_0/weight"] = (512, 512)
        shapes[f"decoder/layer_{layer}/attention/linear_1/weight"] = (1024, 512)
        shapes[f"decoder/layer_{layer}/attention/linear_2/weight"] = (512, 512)
    return shapes


def test_whispers_work_is_counted_from_its_dimensions() -> None:
    base = work.Whisper.of(base_shapes())
    assert base.encoder_weights == 6 * 12 * 512**2
    assert base.decoder_weights == 6 * 14 * 512**2 + 51865 * 512
    encoded = base.encoding(2, 3000)
    assert encoded.linear == 2 * 2 * base.encoder_weights * 1500
    assert encoded.other == 2 * (6 * 512 * (80 * 3000 + 512 * 1500) + 6 * 4 * 512 * 1500**2)
    assert base.encoding(1, 1500).other < encoded.other / 4, "attention over half as much is a quarter"
    one, five = (base.decoding(1500, 10, beams).linear - 2 * base.crossed_weights * 1500 for beams in (1, 5))
    assert five == 5 * one


@pytest.mark.parametrize(
    ("layer", "given", "operations"),
    [
        (torch.nn.Linear(8, 4), (2, 3, 8), 2 * 2 * 3 * 4 * 8),
        (torch.nn.Conv1d(4, 6, 5), (1, 4, 14), 2 * 6 * 10 * 5 * 4),
        (torch.nn.Conv2d(4, 6, 3, groups=2), (1, 4, 5, 5), 2 * 6 * 9 * 9 * 2),
        (
            torch.nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True),
            (1, 7, 3),
            2 * 7 * 2 * 16 * (7 + 12),
        ),
    ],
)
def test_networks_work_is_counted_from_their_shapes(
    layer: torch.nn.Module, given: tuple[int, ...], operations: int
) -> None:
    put = torch.zeros(given)
    made = layer(put)
    assert work._operations(layer, (put,), made) == operations
    assert work._operations(torch.nn.Sequential(layer), (put,), made) == 0, "what is inside counts itself"


def test_a_models_asked_work_is_counted() -> None:
    class Result:
        sequences_ids = ([1, 2, 3],)

    class Model:
        def encode(self, features: np.ndarray) -> np.ndarray:
            return np.zeros((1, features.shape[2] // 2, 512))

        def generate(
            self, _features: np.ndarray, prompts: list[list[int]], **_options: object
        ) -> list[Result]:
            return [Result() for _ in prompts]

    class Holder:
        model = Model()

    counter, holder, base = Counter(), Holder(), work.Whisper.of(base_shapes())
    counter.watch_whisper(holder, base)
    encoded = holder.model.encode(np.zeros((1, 80, 3000)))
    holder.model.generate(encoded, [[7, 7]], beam_size=5)
    assert counter.taken() == base.encoding(1, 3000) + base.decoding(1500, 3, 5, 2)
    assert counter.taken() == Work()


def answer(**said: object) -> Answered:
    return Answered({"language": "en", **said}, 1.0, 1.0, 100.0, Work())


def test_a_word_goes_to_the_turn_that_covers_most_of_it_or_is_nearest() -> None:
    turns = Diarization((Turn(span(0, 1000), A), Turn(span(1000, 2000), B)), (), Millis(9000))
    said = {
        "language": "en",
        "words": [["a", 100, 900, True], ["b", 900, 1500, True], ["c", 5000, 5100, True]],
    }
    account = measure.by_turns(said, turns)
    assert [(p.text, p.speaker) for p in account.passages] == [("a", A), ("b", B), ("c", B)]


def test_silence_that_is_marked_is_reported(tmp_path: Path) -> None:
    reference = of_passages("SegLST", [Passage(span(0, 10_000), A, "one two")])
    recording = material.Recording("x", "x", tmp_path, 10.0, reference, worded=True, turned=True)
    said = answer(words=[["one", 0, 4000, True], ["two", 7000, 8000, True]], unheard=[[4000, 7000]])
    found = measure.of_words("ours", recording, 0, said, [span(0, 10_000)])
    assert found.words == Edits(0, 0, 0, 2)
    assert found.referred == Silence(10_000, 5000, 2000)


def written(path: Path, seconds: float, level: float) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.full(int(16_000 * seconds), level * 32_000, dtype=np.int16).tobytes())
    return path


def test_a_long_recording_is_put_together_from_what_everybody_says(tmp_path: Path) -> None:
    reference = of_passages("SegLST", [Passage(span(0, 1000), A, "x"), Passage(span(1000, 2000), B, "y")])
    recording = material.Recording(
        "x", "x", written(tmp_path / "x.wav", 2.0, 0.5), 2.0, reference, worded=True, turned=True
    )
    seconds, voices = material.compose([recording], 30.0, tmp_path / "long.wav")
    again, _ = material.compose([recording], 30.0, tmp_path / "again.wav")
    assert voices == 2
    assert 30.0 <= seconds < 36.0
    assert math.isclose(seconds, again)
    assert (tmp_path / "long.wav").read_bytes() == (tmp_path / "again.wav").read_bytes()


def test_a_child_that_dies_says_what_it_printed(tmp_path: Path) -> None:
    dying = tmp_path / "python"
    dying.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    dying.chmod(0o755)
    setup = Setup("w", "s", "e", "cpu", "int8", 1)
    with pytest.raises(DiedError, match="no such module"):
        Child("whisperx", setup, tmp_path / "log", str(dying))


@pytest.mark.parametrize("script", ["hearing.py", "names.py", "contacts.py", "backup.py"])
def test_help_is_given(script: str) -> None:
    told = subprocess.run(
        [sys.executable, str(ROOT / "bench" / script), "--help"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0
    assert "--data" in told.stdout


def test_masking_is_measured_against_sound_that_is_only_covered(tmp_path: Path) -> None:
    measured = {row.figure: row for row in masking.correlations(tmp_path)}
    kept = [row for figure, row in measured.items() if figure.startswith("correlation, t") and row.goal]
    assert kept
    assert all(row.holds for row in kept)
    assert measured["correlation, video"].holds
    assert (measured["correlation, tone only added and filtered"].value or 0) > 0.9
    assert measured["frames that are seen in a hidden span"].holds
    assert len(json.loads(rows.show(measured.values(), as_json=True))) == len(measured)
