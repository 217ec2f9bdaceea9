"""Nothing in `output/` can be given what is not released."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator

import pytest

import output

UNRELEASED = re.compile(
    r"\b(Record|Statement|Word|Meeting|Participant|Mark|Evidence|Diarization|Turn|Any|object)\b(?!\.)"
)


def public_functions() -> Iterator[tuple[str, Callable[..., object]]]:
    for info in pkgutil.iter_modules(output.__path__):
        module = importlib.import_module(f"output.{info.name}")
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) != module.__name__ or name.startswith("_"):
                continue
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value
            elif inspect.isclass(value):
                yield f"{module.__name__}.{name}", value.__init__


def accepted(function: Callable[..., object]) -> list[str]:
    hints = typing.get_type_hints(function)
    parameters = [p for p in inspect.signature(function).parameters if p != "self"]
    assert set(parameters) <= hints.keys(), "every parameter says its type"
    return [_spelled(hints[p]) for p in parameters]


def _spelled(hint: object) -> str:
    parts = [getattr(hint, "__name__", str(hint)).rsplit(".", 1)[-1]]
    return " ".join(parts + [_spelled(argument) for argument in typing.get_args(hint)])


@pytest.mark.parametrize(("name", "function"), list(public_functions()))
def test_no_function_accepts_an_unreleased_value(name, function):
    assert not [hint for hint in accepted(function) if UNRELEASED.search(hint)], name


def test_every_module_is_looked_at():
    names = {name.rsplit(".", 1)[0] for name, _ in public_functions()}
    formats = (
        "akoma_ntoso",
        "markdown",
        "webvtt",
        "plain_text",
        "sound",
        "files",
        "manifest",
        "popolo",
        "tei",
    )
    assert names >= {f"output.{module}" for module in formats}


def test_the_check_notices_an_unreleased_value():
    from redaction.mark import Mark
    from speakers.record import Record, Statement

    def leaking(a: Record, b: tuple[Statement, ...], c: Mark | None) -> None: ...

    leaking.__annotations__ = {"a": Record, "b": tuple[Statement, ...], "c": Mark | None}
    assert all(UNRELEASED.search(hint) for hint in accepted(leaking))


@pytest.mark.parametrize("engine", ["webvtt", "pydub", "lxml"])
def test_each_engine_has_one_door(engine):
    door = {"webvtt": "webvtt", "pydub": "sound", "lxml": "xml_tree"}[engine]
    for info in pkgutil.iter_modules(output.__path__):
        source = inspect.getsource(importlib.import_module(f"output.{info.name}"))
        if info.name != door:
            assert not re.search(rf"^\s*(import {engine}\b|from {engine}\b)", source, re.MULTILINE), info.name
