"""How much arithmetic an engine does, counted from the dimensions of its models and the shapes that it gives them.

Counted are products of matrices and convolutions, two operations for each multiplication and addition. Left out are
the voice activity detectors, features, normalisation, softmax and everything else: less than a hundredth.
"""

from __future__ import annotations

import math
import re
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Work:
    """Floating-point operations, or integer ones in their place.

    Attributes:
        linear: by weights, which are int8 or half precision where the model is.
        other: attention and convolutions, in the precision of the activations.
    """

    linear: float = 0.0
    other: float = 0.0

    def __add__(self, more: Work) -> Work:
        return Work(self.linear + more.linear, self.other + more.other)

    def seconds(self, linear_peak: float, other_peak: float) -> float:
        """The least time it takes at these operations a second: the roof.

        >>> Work(100.0, 10.0).seconds(50.0, 10.0)
        3.0
        """
        return self.linear / linear_peak + self.other / other_peak


@dataclass(frozen=True)
class Whisper:
    """The dimensions of a Whisper model.

    Attributes:
        width: of its layers.
        mels: features of a frame.
        encoder_layers: how many.
        decoder_layers: how many.
        encoder_weights: multiplications for each position of the encoder.
        crossed_weights: of the decoder, for each position of the encoder.
        decoder_weights: of the decoder for each token, with the vocabulary.
    """

    width: int
    mels: int
    encoder_layers: int
    decoder_layers: int
    encoder_weights: int
    crossed_weights: int
    decoder_weights: int

    @classmethod
    def of(cls, shapes: dict[str, tuple[int, ...]]) -> Whisper:
        """From the shapes of its weights, by their names."""
        layers = {
            side: 1 + max(int(m[1]) for n in shapes if (m := re.match(rf"{side}/layer_(\d+)/", n)))
            for side in ("encoder", "decoder")
        }
        matrices = {n: math.prod(s) for n, s in shapes.items() if n.endswith("/weight") and len(s) == 2}
        matrices = {n: size for n, size in matrices.items() if "position" not in n}
        crossed = {n: size for n, size in matrices.items() if n.endswith("/attention/linear_1/weight")}
        width, mels, _ = shapes["encoder/conv1/weight"]
        return cls(
            width=width,
            mels=mels,
            encoder_layers=layers["encoder"],
            decoder_layers=layers["decoder"],
            encoder_weights=sum(size for n, size in matrices.items() if n.startswith("encoder/")),
            crossed_weights=sum(crossed.values()),
            decoder_weights=sum(
                size for n, size in matrices.items() if n.startswith("decoder/") and n not in crossed
            ),
        )

    def encoding(self, batch: int, frames: int) -> Work:
        """Of `batch` windows of `frames` features of 10 ms."""
        positions = frames // 2
        convolved = 2 * 3 * self.width * (self.mels * frames + self.width * positions)
        attended = 4 * self.width * positions**2 * self.encoder_layers
        return Work(2.0 * batch * self.encoder_weights * positions, float(batch * (convolved + attended)))

    def decoding(self, positions: int, tokens: int, beams: int = 1, prompt: int = 0) -> Work:
        """Of one window: a prompt once, then each token in every beam; what is heard is projected once."""
        linear = 2.0 * self.crossed_weights * positions
        linear += 2.0 * self.decoder_weights * (prompt + tokens * beams)
        looked_at = prompt * (prompt / 2 + positions) + beams * tokens * (prompt + tokens / 2 + positions)
        return Work(linear, 4.0 * self.width * self.decoder_layers * looked_at)


def whisper(folder: Path) -> Whisper:
    """The dimensions of a CTranslate2 model, from the head of each of its weights.

    Raises:
        ValueError: If it is no Whisper model.

    Source:
        CTranslate2's `ModelSpec.save`, versions 5 and 6 of the format.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    with (folder / "model.bin").open("rb") as file:

        def numbers(form: str) -> tuple[int, ...]:
            return struct.unpack(form, file.read(struct.calcsize(form)))

        def text() -> str:
            return file.read(numbers("<H")[0]).rstrip(b"\0").decode()

        numbers("<I")
        if text() != "WhisperSpec":
            raise ValueError(f"{folder.name} is no Whisper model.")
        _, variables = numbers("<II")
        for _ in range(variables):
            name, rank = text(), numbers("<B")[0]
            shapes[name] = numbers(f"<{rank}I")
            _, length = numbers("<BI")
            file.seek(length, 1)
    return Whisper.of(shapes)


class Counter:
    """Counts what a faster-whisper model and all networks of PyTorch in this process do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = Work()

    def add(self, work: Work) -> None:
        """So much was done."""
        with self._lock:
            self._done += work

    def taken(self) -> Work:
        """What was done since the last time."""
        with self._lock:
            done, self._done = self._done, Work()
        return done

    def watch_whisper(self, model: Any, dimensions: Whisper) -> None:
        """Count what a `faster_whisper.WhisperModel` does from now on."""
        model.model = _Watched(model.model, dimensions, self)

    def watch_torch(self) -> None:
        """Count what every network of PyTorch does from now on."""
        from torch.nn.modules.module import register_module_forward_hook

        def hook(module: Any, given: tuple[Any, ...], made: Any) -> None:
            if (operations := _operations(module, given, made)) > 0:
                self.add(Work(other=operations))

        register_module_forward_hook(hook)


class _Watched:
    """CTranslate2's Whisper, with everything it is asked counted."""

    def __init__(self, model: Any, dimensions: Whisper, counter: Counter) -> None:
        self._model, self._dimensions, self._counter = model, dimensions, counter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode(self, features: Any, *args: Any, **options: Any) -> Any:
        batch, _, frames = features.shape
        self._counter.add(self._dimensions.encoding(batch, frames))
        return self._model.encode(features, *args, **options)

    def _encoded(self, features: Any) -> int:
        """Positions of what is heard; it may come as features yet, and is then encoded."""
        if features.shape[1] != self._dimensions.mels:
            return int(features.shape[1])
        self._counter.add(self._dimensions.encoding(features.shape[0], features.shape[2]))
        return int(features.shape[2]) // 2

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> Any:
        found = self._model.generate(features, prompts, **options)
        positions = self._encoded(features)
        beams = max(options.get("beam_size", 5), options.get("num_hypotheses", 1))
        for prompt, result in zip(prompts, found, strict=True):
            tokens = len(result.sequences_ids[0])
            self._counter.add(self._dimensions.decoding(positions, tokens, beams, len(prompt)))
        return found

    def align(self, features: Any, start: Any, texts: Any, *args: Any, **options: Any) -> Any:
        positions = self._encoded(features)
        for text in texts:
            self._counter.add(self._dimensions.decoding(positions, 0, prompt=len(start) + len(text) + 2))
        return self._model.align(features, start, texts, *args, **options)

    def detect_language(self, features: Any) -> Any:
        positions = self._encoded(features)
        for _ in range(features.shape[0]):
            self._counter.add(self._dimensions.decoding(positions, 0, prompt=1))
        return self._model.detect_language(features)


def _operations(module: Any, given: tuple[Any, ...], made: Any) -> float:
    """Of one layer; of a network that holds others nothing, since they count themselves."""
    from torch import nn

    if isinstance(module, (nn.Conv1d, nn.Conv2d)):
        taps = math.prod(module.kernel_size) * module.in_channels // module.groups
    elif isinstance(module, nn.Linear):
        taps = module.in_features
    elif isinstance(module, nn.LSTM):
        sides, hidden = 1 + module.bidirectional, module.hidden_size
        inputs = [module.input_size, *[sides * hidden] * (module.num_layers - 1)]
        positions = given[0].numel() // given[0].shape[-1]
        return 2.0 * float(positions * sides * 4 * hidden * sum(size + hidden for size in inputs))
    elif type(module).__name__ == "Encoder" and hasattr(module, "filterbank"):  # asteroid's, inside SincNet
        taps = int(module.filterbank.kernel_size)
    else:
        return 0.0
    return 2.0 * float(made.numel() * taps)
