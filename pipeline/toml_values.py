"""Values of a TOML table, each of the kind that it has to be."""

from __future__ import annotations

import difflib
import re
from typing import Any

from speakers.error import MeetingError
from speakers.record import Millis


def known(table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    """Refuse keys that nobody knows, with the one that may have been meant."""
    for number, key in enumerate(table, start=1):
        if key not in keys:
            close = difflib.get_close_matches(key.lower(), keys, n=1, cutoff=0.5)
            if close:
                raise MeetingError(f'{where} has an unknown key "{key}".', f'Did you mean "{close[0]}"?')
            # What resembles no key may be somebody's name, and an error may end up in a log.
            raise MeetingError(
                f"{where} has an unknown key, number {number}.", f"Known are: {', '.join(keys)}."
            )


def text(table: dict[str, Any], key: str, where: str) -> str:
    """A text on one line; empty if it is not there."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise MeetingError(f'"{key}" of {where} is not text.', 'Put it in quotation marks: "…".')
    return " ".join(value.split())


def texts(value: object, key: str) -> tuple[str, ...]:
    """A text, or a list of texts."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise MeetingError(f'"{key}" is no list of texts.', f'Write it as: {key} = ["…", "…"].')
    return tuple(" ".join(v.split()) for v in values)


def tables(value: object, key: str, cure: str = "") -> list[dict[str, Any]]:
    """A list of blocks."""
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise MeetingError(f'"{key}" is no list of blocks.', cure or f"Begin each one with [[{key}]].")
    return value


def flag(table: dict[str, Any], key: str) -> bool:
    """True or false; false if it is not there."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise MeetingError(f'"{key}" is neither true nor false.', f"Write it as: {key} = true.")
    return value


def count(table: dict[str, Any], key: str, where: str, *, least: int = 1) -> int | None:
    """A number from 1, or from `least`; None if it is not there."""
    value = table.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise MeetingError(f'"{key}" of {where} is no number from {least}.', f"Write it as: {key} = 2.")
    return value


def moment(value: object, key: str, where: str) -> Millis:
    """A moment of the recording.

    >>> moment("1:02:40.5", "at", "agenda item 1")
    3760500
    """
    match = (
        re.fullmatch(r"(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?", value)
        if isinstance(value, str)
        else None
    )
    if match is None or int(match.group(3)) > 59:
        raise MeetingError(f'"{key}" of {where} is no moment.', f'Write minutes and seconds: {key} = "0:14".')
    hours, minutes, seconds, fraction = match.groups()
    millis = int((fraction or "0").ljust(3, "0"))
    return Millis(((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + millis)
