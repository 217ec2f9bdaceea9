"""What a file is that somebody sends: of Slido, of a meeting platform, or a transcript, found by what stands in it.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline import brought_chat, brought_table, brought_text
from speakers.brought import Item
from speakers.error import MeetingError
from speakers.meeting import Source

READ: dict[Source, Callable[[bytes], tuple[tuple[Item, ...], int]]] = {
    Source.SLIDO: brought_table.questions,
    Source.CHAT: brought_chat.messages,
    Source.TRANSCRIPT: lambda data: (tuple(Item(p.text, p.label) for p in brought_text.passages(data)), 0),
}
"""Read a file of each kind."""


def recognised(data: bytes) -> dict[Source, int]:
    """What a file may be, with how many entries it has then; more than one where only a person can tell.

    Raises:
        MeetingError: If it is none, or cannot be read.
    """
    found: dict[Source, int] = {}
    wrong: MeetingError | None = None
    likely = _likely(data)
    for kind in likely:
        try:
            found[kind] = len(READ[kind](data)[0])
        except MeetingError as error:
            wrong = wrong or error
    if not found:
        if wrong is not None and len(likely) == 1:
            raise wrong
        raise MeetingError(
            "Neither questions of Slido, nor messages of a chat, nor a transcript with names is in this file.",
            "Export the questions from Slido as a spreadsheet and leave its headings as they are, or save the chat as "
            "the platform does.",
        )
    return found


def _likely(data: bytes) -> tuple[Source, ...]:
    if brought_text.is_document(data):
        return (Source.TRANSCRIPT,)
    if brought_text.is_captions(data):  # a platform saves chats so, and captions are a transcript
        return (Source.CHAT, Source.TRANSCRIPT)
    lines = brought_chat.in_lines(data)
    try:
        by_headings = brought_table.likely(data)
    except MeetingError:
        if not lines:
            raise
        by_headings = ()
    if lines and by_headings:
        return (Source.SLIDO, Source.CHAT)
    if not lines and not by_headings and brought_text.says_who(data):
        return (Source.TRANSCRIPT,)
    return (Source.CHAT,) if lines else by_headings
