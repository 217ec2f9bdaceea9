"""Which stages of a plan may begin, from what is done, and what stages of sections are called."""

from __future__ import annotations

import re

from pipeline.folder import Stage

_SECTION = re.compile(r"-\d{3}$")
_SAID = re.compile(r"(.+) (\d+)/(\d+)")


def before(stages: tuple[Stage, ...], stage: Stage) -> tuple[str, ...]:
    """Names of the stages that a stage of a plan waits for; some of them may not be in the plan yet."""
    if stage.after is not None:
        return stage.after
    names = [s.name for s in stages]
    return tuple(names[: names.index(stage.name)])


def ready(stages: tuple[Stage, ...], done: frozenset[str]) -> tuple[Stage, ...]:
    """The stages that are not done and wait for nothing; all of them may be done at the same time.

    A stage whose result was good when it was made is not done any more once something before it has to be made
    again: whoever waits for it waits for that too. A name that is not in the plan is a stage that nobody knows yet,
    so who waits for it waits until the plan is made again.

    Args:
        stages: the plan, in its order.
        done: names of those whose result is there, made from what is there now.

    Returns:
        In the order of the plan; empty where all is done, or where nothing can go on.
    """
    sure: dict[str, bool] = {}
    found = []
    for stage in stages:
        free = all(sure.get(name, False) for name in before(stages, stage))
        sure[stage.name] = free and stage.name in done
        if free and stage.name not in done:
            found.append(stage)
    return tuple(found)


def section(name: str, number: int) -> str:
    """What the stage is called that does one section of another stage's work; sections count from 1."""
    return f"{name}-{number:03}"


def whole(name: str) -> str:
    """Of which stage a section's stage does a part; any other stage is its own.

    >>> whole("transcribe-003"), whole("heard-names")
    ('transcribe', 'heard-names')
    """
    return _SECTION.sub("", name)


def said(name: str, number: int, count: int) -> str:
    """What reports call a section's stage: with how many there are.

    >>> said("transcribe", 3, 18), said("transcribe", 1, 1)
    ('transcribe 3/18', 'transcribe')
    """
    return f"{name} {number}/{count}" if count > 1 else name


def heard(stage: str) -> tuple[str, int, int]:
    """The stage of a report, which section of it, and of how many; 0 of 0 where it has none.

    >>> heard("transcribe 3/18"), heard("decode")
    (('transcribe', 3, 18), ('decode', 0, 0))
    """
    found = _SAID.fullmatch(stage)
    return (found[1], int(found[2]), int(found[3])) if found else (stage, 0, 0)
