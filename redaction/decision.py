"""What people decide about a record: the acts that a ledger holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, get_args

from speakers.error import LedgerError, RecordError
from speakers.record import SpeakerId


class Verdict(StrEnum):
    """What is to become of a mark."""

    MASK = "mask"
    KEEP = "keep"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Decided:
    """A mark was decided.

    Attributes:
        mark_id: which.
        verdict: mask by the usual placeholder, keep as it is, or mask by a text of the reviewer's.
        reason: why it is kept; needed for that, otherwise optional.
        replacement: with `edit`, what stands there instead.
    """

    mark_id: str
    verdict: Verdict
    reason: str = ""
    replacement: str = ""

    def __post_init__(self) -> None:
        if self.verdict is Verdict.KEEP and not self.reason.strip():
            raise RecordError("Keeping something that was to be hidden needs a reason.", "Give one.")
        if self.verdict is Verdict.EDIT and not self.replacement.strip():
            raise RecordError("An edit needs the text that is to stand there.", "Give one, or mask instead.")


@dataclass(frozen=True, slots=True)
class Added:
    """A reviewer marked something that no rule found; it is masked."""

    statement_id: str
    char_start: int
    char_end: int
    subject: str
    text_digest: str


@dataclass(frozen=True, slots=True)
class Named:
    """A voice was given to a participant, or, with an empty id, to nobody.

    Attributes:
        speaker: the voice.
        participant_id: the person's place in `meeting.toml` when it was said.
        person: the person's seal, which holds wherever their block is moved to; filled in by `pipeline.review`.
    """

    speaker: SpeakerId
    participant_id: str
    person: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Merged:
    """Two voices are one person's."""

    speaker: SpeakerId
    into: SpeakerId


@dataclass(frozen=True, slots=True)
class Corrected:
    """A statement was given another text.

    Attributes:
        statement_id: which.
        text_digest: of the statement that was corrected; another one is not.
        text: the new text.
    """

    statement_id: str
    text_digest: str
    text: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something that was masked in a statement before it was split, joined or reassigned, and stays masked.

    Attributes:
        statement_id: where.
        char_start: first character in the statement's text as it was, half-open with `char_end`.
        char_end: one past the last.
        subject: whose, as in a mark.
        kind: what it is, as in a mark.
        replacement: what stands there instead; empty for the usual placeholder.
    """

    statement_id: str
    char_start: int
    char_end: int
    subject: str
    kind: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Split:
    """A statement was cut in two, because it holds what two people said, or two paragraphs.

    Attributes:
        statement_id: which; it keeps the words before the cut.
        text_digest: of the statement that was cut; another one is not.
        char_start: of its text, where the second part begins.
        into: id of the second part, which no statement ever had; if it is empty, `pipeline.review` chooses one.
        hidden: what stays masked; filled in by `pipeline.review`.
    """

    statement_id: str
    text_digest: str
    char_start: int
    into: str = ""
    hidden: tuple[Hidden, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A statement was joined to the one before it, of the same voice.

    Attributes:
        statement_id: the first of both; it keeps its id.
        text_digest: of it.
        next_id: the second one, which stands right behind it.
        next_digest: of that.
        hidden: as in `Split`.
    """

    statement_id: str
    text_digest: str
    next_id: str
    next_digest: str
    hidden: tuple[Hidden, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Reassigned:
    """A statement was said by another voice; what is heard during it is that voice's as well.

    Attributes:
        statement_id: which.
        text_digest: of the statement as it was.
        speaker: whose it is: a voice that is there, or a new one, for somebody whom diarization gave to another. If it
            is empty, `pipeline.review` chooses the number of a new one.
        hidden: as in `Split`.
    """

    statement_id: str
    text_digest: str
    speaker: SpeakerId
    hidden: tuple[Hidden, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Undone:
    """An earlier act does not count; if that was `Undone` too, what it undid counts again.

    Attributes:
        seq: of the ledger's entry.
    """

    seq: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody would decide of a mark who does not know how it was decided; decides nothing by itself.

    Attributes:
        mark_id: which.
        verdict: mask or keep.
    """

    mark_id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Accepted:
    """A suggested correction was made.

    Attributes:
        statement_id: which statement was corrected.
        text_digest: of that statement before; another one is not corrected.
        char_start: first character of what was exchanged, half-open with `char_end`.
        char_end: one past the last.
        heard: what stood there.
        proposed: what stands there now.
        why: how alike they sound, with the score, and which term of `meeting.toml` it is.
    """

    statement_id: str
    text_digest: str
    char_start: int
    char_end: int
    heard: str
    proposed: str
    why: str

    def __post_init__(self) -> None:
        if not self.proposed.strip():
            raise RecordError("A suggestion proposes nothing.", "Report it with the job's log.")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A suggested correction was refused, so that it is not made again; attributes as `Accepted`."""

    statement_id: str
    text_digest: str
    char_start: int
    char_end: int
    heard: str
    proposed: str
    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A participant does not speak in this recording; attributes as `Named`."""

    participant_id: str
    person: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Approved:
    """A reviewer approved exactly this content.

    Attributes:
        digest: of all of it; only this counts. The others say which part changed, once one has.
        rules: of the rules and the policy.
        people: of what everybody asked for.
        header: of what else `meeting.toml` says.
        text: of the record.
    """

    digest: str
    rules: str = field(default="", compare=False)
    people: str = field(default="", compare=False)
    header: str = field(default="", compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that was published: its name in the release, and its sha256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Released:
    """Files went into `public/`: what has to be taken down if this is ever revoked.

    Attributes:
        digest: of the content that was approved.
        approvers: who approved it, as they wrote their names.
        files: (n_files,) the manifest among them.
        policy: version of how a draft becomes public.
        rules: versions of the rules that propose marks.
        scanner: version of the leak scanner that found these files clean.
    """

    digest: str
    approvers: tuple[str, ...]
    files: tuple[Artifact, ...]
    policy: str
    rules: str
    scanner: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """Whatever was released is to be taken down, and every approval so far is void."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rediarized:
    """Voices were told apart again: what was said of the voices before is about other ones now.

    Attributes:
        least: at least so many voices were expected, None if that was left open.
        most: at most so many voices.
        header: what `meeting.toml` said of their number then; once it says something else, that counts.
    """

    least: int | None
    most: int | None
    header: str


Act = (
    Decided
    | Added
    | Named
    | Merged
    | Corrected
    | Split
    | Joined
    | Reassigned
    | Undone
    | Judged
    | Accepted
    | Rejected
    | Absent
    | Approved
    | Rediarized
    | Released
    | Revoked
)

UNDOABLE = (
    Decided
    | Added
    | Named
    | Merged
    | Corrected
    | Split
    | Joined
    | Reassigned
    | Undone
    | Accepted
    | Rejected
    | Absent
)
"""What `Undone` may be about: everything that is about the record, and nothing that let it out."""

_ACTS: dict[str, type[Act]] = {kind.__name__.lower(): kind for kind in get_args(Act)}


def to_json(act: Act) -> dict[str, Any]:
    """An act as plain values, with its name.

    >>> to_json(Absent("p1"))
    {'act': 'absent', 'participant_id': 'p1', 'person': ''}
    """
    return {"act": type(act).__name__.lower(), **asdict(act)}


def from_json(values: dict[str, Any]) -> Act:
    """The act that `to_json` wrote.

    Raises:
        LedgerError: If there is no such act.
    """
    kind = _ACTS.get(str(values.get("act")))
    names = {f.name for f in fields(kind)} if kind else set()
    if kind is None or names != set(values) - {"act"}:
        raise LedgerError(
            "The ledger holds an act that this version does not know.",
            "Use the version of zhuzi that wrote it.",
        )
    given = {k: v for k, v in values.items() if k != "act"}
    if kind in {Decided, Judged}:
        given["verdict"] = Verdict(given["verdict"])
    if kind in {Split, Joined, Reassigned}:
        given["hidden"] = tuple(Hidden(**hidden) for hidden in given["hidden"])
    if kind is Released:
        given["approvers"] = tuple(given["approvers"])
        given["files"] = tuple(Artifact(**file) for file in given["files"])
    return kind(**given)
