"""What `zhuzi eval` compares: finding every hypothesis and its reference, and scoring each pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import review
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, find
from pipeline.printable import printable
from pipeline.run import RECORD, meeting_of
from redaction.draft import Draft, replay
from speakers import account_files, record_json
from speakers.account import Account, Claim, of_record
from speakers.error import NotFoundError, TranscriptError, ZhuziError
from speakers.meeting import Meeting, Wish
from speakers.record import SpeakerId
from speakers.score import TCP_COLLAR_S, Score, is_name, same_name, score, total, with_turns

_ENDINGS = (".seglst.json", ".stm", ".rttm", ".ctm", RECORD)
"""What is looked at in a folder; a single file is told by its content."""

_SOUND = (".flac", ".wav", ".mp3", ".m4a", ".mp4", ".ogg", ".opus", ".webm", ".mkv", ".mov", ".aac")


@dataclass(frozen=True, slots=True)
class Source:
    """One recording as somebody tells it, with what is needed to find its other half.

    Attributes:
        name: of the recording: a session's, a file's without its endings, or a meeting's id.
        account: who said what when.
        meeting: whose names have to be protected, where that is known.
        recording: sha256 of the recording, where that is known.
        paired: whether `name` says to which recording it belongs (one of several in a folder or file).
        folder: where it was found; empty if it was named by itself.
    """

    name: str
    account: Account
    meeting: Meeting | None = None
    recording: str = ""
    paired: bool = False
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A hypothesis beside its reference, with their figures.

    Attributes:
        score: the figures.
        reference, hypothesis: what was compared.
        labels: how each speaker of the reference is shown; never by a protected person's name.
        voices: the same of the hypothesis.
    """

    score: Score
    reference: Account
    hypothesis: Account
    labels: dict[SpeakerId, str]
    voices: dict[SpeakerId, str]


def evaluate(
    data: Path,
    hypotheses: tuple[str, ...],
    references: tuple[str, ...],
    rttms: tuple[str, ...] = (),
    tcp_collar_s: float = TCP_COLLAR_S,
) -> tuple[tuple[Compared, ...], Score]:
    """Compare every hypothesis with its reference.

    Args:
        data: where meetings live.
        hypotheses: meeting ids, files or folders.
        references: likewise; one for each hypothesis in the same order, or folders and files that name recordings.
        rttms: who speaks when, where it shall not be taken from the references.
        tcp_collar_s: for tcpWER.

    Returns:
        (n_recordings,) and all of them together.

    Raises:
        TranscriptError: If a file cannot be read, or a hypothesis has no reference.
        NotFoundError: If there is no such meeting or file.
    """
    judged = [s for each in hypotheses for s in _sources(data, each)]
    told = [s for each in references for s in _sources(data, each)]
    worded = [s for s in told if s.account.worded]
    turned = [s for s in told if not s.account.worded] if worded else []
    turned += [s for each in rttms for s in _sources(data, each)]
    if any(s.account.worded for s in turned):
        raise TranscriptError("--rttm names a file of words.", "Give words to --reference.")
    found = _other_halves(judged, worded or told)
    turns = _other_halves([found[i] or h for i, h in enumerate(judged)], turned)
    compared = []
    for hypothesis, reference, spoken in zip(judged, found, turns, strict=True):
        if reference is None:
            if hypothesis.paired:  # one of many in a folder; the others are what was asked for
                continue
            raise TranscriptError(
                f"{printable(hypothesis.name)} has no reference.",
                "Name one for each hypothesis, in the same order, or a folder in which it has its name.",
            )
        account = with_turns(reference.account, spoken.account) if spoken else reference.account
        compared.append(_compared(replace(reference, account=account), hypothesis, tcp_collar_s))
    if not compared:
        raise TranscriptError("No hypothesis has a reference.", "Name both after the same recording.")
    return tuple(compared), total(tuple(c.score for c in compared))


def _sources(data: Path, given: str) -> Iterator[Source]:
    path = Path(given)
    if path.is_dir() and (path / RECORD).is_file() and (path / "manifest.json").is_file():
        yield _of_meeting(MeetingFolder(path))
    elif path.is_dir():
        found = sorted(p for p in path.iterdir() if p.name.endswith(_ENDINGS))
        if not found:
            raise NotFoundError(
                f"{given} holds nothing to compare.", f"It needs NAME{', NAME'.join(_ENDINGS)}."
            )
        for each in found:
            yield from (replace(s, paired=True, folder=path) for s in _of_file(each))
    elif path.exists():
        yield from _of_file(path)
    elif path.suffix or len(path.parts) > 1:
        raise NotFoundError(f"There is no {given}.", "Check the path.")
    else:
        yield _of_meeting(find(data, given))


def _of_meeting(folder: MeetingFolder) -> Source:
    """A meeting as it stands now: corrections, mergers and names of its review included."""
    draft = review.draft_of(folder)
    recording = str(folder.manifest().get("recording", {}).get("sha256", ""))
    return Source(folder.id, _of_draft(draft), draft.meeting, recording)


def _of_draft(draft: Draft) -> Account:
    claims = []
    for link in draft.namings.links:
        person = draft.meeting.participant(link.participant_id)
        if person is not None:
            claims.append(Claim(link.speaker, person.names, link.confirmed))
    return of_record(draft.record, tuple(claims))


def _of_file(path: Path) -> Iterator[Source]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TranscriptError(f"{path.name} cannot be read.", "Check its rights.") from error
    if path.name == RECORD and (path.parent / "meeting.toml").is_file():
        yield _as_heard(path, content)
        return
    sessions = account_files.read(content, path.name)
    for session, account in sessions.items():
        several = len(sessions) > 1
        name = session if several else path.name.partition(".")[0]
        yield Source(name, _with_claims(account), paired=several)


def _as_heard(path: Path, content: bytes) -> Source:
    """A meeting's record before anybody reviewed it, with the names that evidence proposes."""
    folder = MeetingFolder(path.parent)
    try:
        meeting, record = meeting_of(folder), record_json.parse_record(content)
    except ZhuziError as error:
        raise TranscriptError(f"{path.name} is damaged, or its meeting.toml.", error.cure) from error
    recording = str(folder.manifest().get("recording", {}).get("sha256", ""))
    return Source(folder.id, _of_draft(replay(meeting, record, ())), meeting, recording)


def _with_claims(account: Account) -> Account:
    """A file that labels its voices with names says who they are."""
    named = [(s, account.name_of(s)) for s in account.speakers]
    return replace(account, claims=tuple(Claim(s, (n,), confirmed=True) for s, n in named if is_name(n)))


def _other_halves(sources: list[Source], among: list[Source]) -> list[Source | None]:
    """What belongs to each: of the same name or recording; what is left goes by its place, where as much is left."""
    found = [_of_same_recording(source, among) for source in sources]
    open_ = [i for i, source in enumerate(sources) if found[i] is None and not source.paired]
    left = [s for s in among if not any(s is f for f in found)]
    if len(left) > 1:
        left = [s for s in left if not s.paired]
    if len(left) == len(open_):
        for i, source in zip(open_, left, strict=True):
            found[i] = source
    return found


def _of_same_recording(source: Source, among: list[Source]) -> Source | None:
    for other in among:
        if other.name == source.name:
            return other
        known = source.recording
        if known and (
            known == other.recording or (other.folder and known in _recordings(other.folder, other.name))
        ):
            return other
    return None


def _recordings(folder: Path, name: str) -> set[str]:
    beside = [folder / f"{name}{ending}" for ending in _SOUND]
    return {sha256_of(path) for path in beside if path.is_file()}


def _compared(reference: Source, hypothesis: Source, tcp_collar_s: float) -> Compared:
    figures = score(printable(hypothesis.name), reference.account, hypothesis.account, tcp_collar_s)
    meetings = [m for m in (hypothesis.meeting, reference.meeting) if m is not None]
    return Compared(
        figures,
        reference.account,
        hypothesis.account,
        _shown(reference.account, meetings, "R"),
        _shown(hypothesis.account, meetings, "H"),
    )


def _shown(account: Account, meetings: list[Meeting], letter: str) -> dict[SpeakerId, str]:
    """How speakers are shown: people of the meeting by id; where anybody is protected, nobody else's name either.

    A name that stands in no `meeting.toml` may be a protected one in another spelling.
    """
    people = [p for m in meetings for p in m.participants]
    ids = {same_name(n): p.id for p in people for n in p.names}
    guarded = any(p.wish is not Wish.NAMED for m in meetings for p in (*m.participants, *m.elsewhere))
    shown: dict[SpeakerId, str] = {}
    everybody = dict.fromkeys((*account.speakers, *(p.speaker for p in account.passages)))
    for number, speaker in enumerate(everybody, start=1):
        known = ids.get(same_name(account.name_of(speaker))) or ids.get(same_name(speaker))
        if known:
            shown[speaker] = known
        elif guarded and is_name(speaker):
            shown[speaker] = f"{letter}{number}"
        else:
            shown[speaker] = speaker
    for claim in account.claims if account.kind == "record" else ():
        person = next((ids[same_name(n)] for n in claim.names if same_name(n) in ids), "")
        doubt = "" if claim.confirmed else "?"
        shown[claim.speaker] = f"{claim.speaker} = {person}{doubt}" if person else claim.speaker
    return {speaker: printable(label) for speaker, label in shown.items()}
