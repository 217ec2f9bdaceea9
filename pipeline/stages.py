"""Which stages of a plan may begin, from what is done: the one rule for every engine that does them."""

from __future__ import annotations

from pipeline.folder import Stage


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
