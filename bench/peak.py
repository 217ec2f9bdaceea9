"""How many operations a second this machine can do: the fastest product of two large matrices that can be had."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator

_SIZE = 2048
_REPEATS = 7


def _fastest(product: Callable[[], object], finished: Callable[[], object], size: int) -> float:
    product()
    finished()
    best = float("inf")
    for _ in range(_REPEATS):
        started = time.perf_counter()
        product()
        finished()
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def measured(device: str, threads: int) -> dict[str, float]:
    """Operations a second in each precision, by the best of several libraries.

    Args:
        device: "cpu" or "cuda".
        threads: on a processor.

    Returns:
        "float32" and "int8", on a GPU "float16" too.
    """
    import torch

    torch.set_num_threads(threads)
    if device == "cuda":
        return _on_gpu()
    a, b = torch.randn(_SIZE, _SIZE), torch.randn(_SIZE, _SIZE)
    x, y = a.numpy(), b.numpy()
    single = max(_fastest(product, int, _SIZE) for product in (lambda: a @ b, lambda: x @ y))
    return {"float32": single, "int8": max(_fastest(product, int, _SIZE) for product in _int8())}


def _int8() -> Iterator[Callable[[], object]]:
    """Products of int8 by PyTorch and by each library in it (oneDNN, FBGEMM); CTranslate2 has no door to its own."""
    import torch

    i, j = (torch.randint(-127, 127, (_SIZE, _SIZE), dtype=torch.int8) for _ in range(2))
    yield lambda: torch._int_mm(i, j)
    given = torch.randn(_SIZE, _SIZE)
    used = torch.backends.quantized.engine
    for engine in torch.backends.quantized.supported_engines:
        if engine in {"none", "qnnpack"}:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.backends.quantized.engine = engine
            layer = torch.ao.nn.quantized.dynamic.Linear(_SIZE, _SIZE, bias_=False, dtype=torch.qint8)
            yield lambda layer=layer: layer(given)  # type: ignore[misc]
    torch.backends.quantized.engine = used


def _on_gpu() -> dict[str, float]:
    import torch

    size = 4 * _SIZE
    rates = {}
    for name, kind in (("float32", torch.float32), ("float16", torch.float16)):
        a, b = (torch.randn(size, size, device="cuda").to(kind) for _ in range(2))
        rates[name] = _fastest(lambda a=a, b=b: a @ b, torch.cuda.synchronize, size)
    i, j = (torch.randint(-127, 127, (size, size), dtype=torch.int8, device="cuda") for _ in range(2))
    rates["int8"] = _fastest(lambda: torch._int_mm(i, j.T), torch.cuda.synchronize, size)
    return rates
