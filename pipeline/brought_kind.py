"""What wrote a file that somebody sends: Slido or a meeting platform, found by what stands in it.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline import brought_chat, brought_table
from speakers.brought import Item
from speakers.error import MeetingError
from speakers.meeting import Source

READ: dict[Source, Callable[[bytes], tuple[tuple[Item, ...], int]]] = {
    Source.SLIDO: brought_table.questions,
    Source.CHAT: brought_chat.messages,
}
"""Read a file of each kind."""


def recognised(data: bytes) -> dict[Source, int]:
    """What a file may be, with how many entries it has then; more than one where only a person can tell.

    Raises:
        MeetingError: If it is none, or cannot be read.
    """
    found: dict[Source, int] = {}
    wrong: MeetingError | None = None
    for kind in _likely(data):
        try:
            found[kind] = len(READ[kind](data)[0])
        except MeetingError as error:
            wrong = wrong or error
    if not found:
        raise wrong or MeetingError(
            "Neither questions of Slido nor messages of a chat are in this file.",
            "Export the questions from Slido as a spreadsheet and leave its headings as they are, or save the chat as "
            "the platform does.",
        )
    return found


def _likely(data: bytes) -> tuple[Source, ...]:
    lines = brought_chat.in_lines(data)
    try:
        by_headings = brought_table.likely(data)
    except MeetingError:
        if not lines:
            raise
        by_headings = ()
    if lines and by_headings:
        return (Source.SLIDO, Source.CHAT)
    return (Source.CHAT,) if lines else by_headings
