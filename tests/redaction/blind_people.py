"""The invented people whom the blind canaries give away, and what a canary is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from speakers.meeting import Fact, FactKind, Participant, Wish

NAME, ALIAS, NUMBER, FACT, NOTHING = "name", "alias", "number", "fact", "nothing"

CHENG = Participant(
    id="p1",
    name="鄭詠潔",
    aliases=("詠潔", "藍鯨奶茶"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.NUMBER, "0923-456-781"),),
)
CHUKO = Participant(
    id="p2",
    name="諸葛映彤",
    aliases=("映彤", "小葛老師"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.EMPLOYER, "青禾輔具工坊"), Fact(FactKind.NUMBER, "F229381746")),
)
DARCY = Participant(
    id="p3",
    name="Noëlle D'Arcy-Finch",
    aliases=("Noëlle", "nono_finch"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.EMPLOYER, "Brindlewood Acoustics"),),
)

PEOPLE: tuple[Participant, ...] = (CHENG, CHUKO, DARCY)


@dataclass(frozen=True)
class Canary:
    """One way in which somebody is given away, or, where `leaks` is "nothing", something that only looks like it.

    Attributes:
        name: of the function.
        channel: the format, and the place in it.
        leaks: "name", "alias", "number", "fact" or "nothing".
        why: how it would come about.
        write: writes one file, or one folder, into the folder it is given.
    """

    name: str
    channel: str
    leaks: str
    why: str
    write: Callable[[Path], None]


def canary(channel: str, leaks: str, why: str) -> Callable[[Callable[[Path], None]], Canary]:
    """Make a canary of the function that writes it."""
    return lambda write: Canary(write.__name__, channel, leaks, why, write)


def collected(module: Mapping[str, object]) -> tuple[Canary, ...]:
    """The canaries of a module, in the order in which they are written there."""
    return tuple(value for value in module.values() if isinstance(value, Canary))


def put(folder: Path, name: str, content: str | bytes) -> None:
    """Write a file, text as UTF-8."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def akoma(debate: str, references: str = "", prolog: str = "") -> str:
    """An Akoma Ntoso record around the given speeches."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{prolog}'
        '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate>\n'
        f'<meta><references source="#office">{references}</references></meta>\n'
        f'<debateBody><debateSection name="meeting"><heading>河岸步道協作會議</heading>\n{debate}\n'
        "</debateSection></debateBody></debate></akomaNtoso>\n"
    )


def captions(*cues: str, header: str = "") -> str:
    """WebVTT with one cue of 900 ms for each text."""
    lines = [f"WEBVTT\n{header}"]
    lines += [
        f"00:00:{second:02d}.000 --> 00:00:{second:02d}.900\n{cue}\n" for second, cue in enumerate(cues)
    ]
    return "\n".join(lines)
