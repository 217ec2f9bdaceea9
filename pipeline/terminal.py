"""The review in a terminal: voices first, then suggested corrections, each mark in its context, the approval."""

from __future__ import annotations

import shlex

from pipeline import reading, show, suggestions, window
from pipeline.desk import NOT_UNDERSTOOD, Ask, Desk, QuitError, Say
from pipeline.folder import MeetingFolder
from pipeline.review import approve, decide, draft_of, outcome, questions, voice
from pipeline.scripted import acts_of
from pipeline.terminal_marks import correct, decide_marks, decide_one
from redaction.approval import person
from redaction.decision import Absent, Act, Merged, Named
from redaction.draft import Draft
from redaction.release import stand_ins
from speakers.error import NotFoundError, ZhuziError
from speakers.record import clock

_FIRST = (
    "\n將會公開的內容。[■原文→代替的字] 是隱去處，括號裡的原文不會公開；b 只看實際公開的文字 "
    "This is what would be published. In [■words→what stands there] the words are not published; b shows "
    "exactly the public text:"
)
_SECOND = (
    "\n您是第二位審閱者：以下就是將會公開的內容，b 顯示隱去處 "
    "You are the second reader: this is exactly what would be published; b shows what is hidden:"
)


_EXACT = (
    "\n以下就是將會公開的內容，b 顯示隱去處 This is exactly what would be published; b shows what is hidden:"
)
_ONLY_CHANGES = "\n只顯示有改變的部分，l 看全文 Only what changed; l shows all:"


_ASKED = (
    "yes 以 {who} 的名義核可 approves exactly this as {who}; c a7 更正 corrects a statement, "
    "h a7 字詞 隱去 WORDS hides words in it, r 標記 MARK 重新決定 decides a mark again, "
    "b 切換實際公開的文字 switches to exactly the public text and back, l 全文再看一次 shows all again, "
    "s 看建議 looks at the suggestions; Enter 不核可離開 leaves without approval, q 停止 stops"
)


def review(
    folder: MeetingFolder, who: str, ask: Ask, say: Say, *, approvers: int = 1, correction_days: int = 0
) -> bool:
    """Lead a reviewer through a meeting.

    Every answer is in the ledger before the next question is asked, so one can stop at any time.

    Args:
        folder: the meeting.
        who: the reviewer.
        ask: asks a question.
        say: shows a line.
        approvers: how many different people have to approve; the meeting itself may ask for more.
        correction_days: as `pipeline.window.stage`.

    Returns:
        Whether this reviewer approved it; others may have to as well.
    """
    desk = Desk(folder, who, ask, say)
    try:
        _voices(desk)
        _suggestions(desk)
        return _approval(desk, approvers, correction_days)
    except QuitError:
        say(
            "已停止，做過的決定都留著。Stopped. What you decided is kept; go on with: "
            f"zhuzi review {folder.id} --reviewer {shlex.quote(who)}"
        )
        return False


def _voices(desk: Desk) -> None:
    """Who is who: show every voice with a sample, take names and mergers until the reviewer goes on."""
    while True:
        draft = draft_of(desk.folder)
        masked = stand_ins(draft)
        desk.say("\n聲音 Voices")
        for speaker in draft.record.speakers:
            first = next(s for s in draft.record.statements if s.speaker == speaker)
            said = sum(s.span.length for s in draft.record.spoken.statements if s.speaker == speaker)
            desk.say(f"  {show.voice_label(draft, speaker)}, {clock(said)} in all")
            for reason in show.reasons(draft, speaker):
                desk.say(f"      {reason}")
            desk.say(f"      {clock(first.span.start)} {show.marked(draft, first, masked[first.id])[:60]}")
        if draft.meeting.participants:
            people = ", ".join(f"{p.id} {p.name} ({p.wish})" for p in draft.meeting.participants)
            desk.say(f"與會者 People: {people}")
        for question in questions(draft):
            desk.say(f"  ? {question}")
        answer = desk.answer(
            "S1=p2 這個聲音是誰 names a voice, S1= 都不是 nobody, S3>S1 同一人 merges, p3- 沒有發言 does not speak, "
            "y 確認所有建議 confirms all proposed, Enter 繼續 goes on, q 停止 stops",
        )
        if not answer:
            return
        acts = _voice_acts(draft, answer)
        if answer.casefold() == "y" and not acts:
            desk.say("  沒有待確認的建議。Nothing is proposed.")
        elif acts:
            desk.tried(acts, seen=draft)
        else:
            desk.say(NOT_UNDERSTOOD)


def _voice_acts(draft: Draft, answer: str) -> tuple[Act, ...]:
    if answer.casefold() == "y":
        return tuple(Named(n.speaker, n.participant_id) for n in draft.unconfirmed)
    if ">" in answer:
        left, right = answer.split(">", 1)
        return (Merged(voice(left), voice(right)),)
    if "=" in answer:
        left, right = answer.split("=", 1)
        return (Named(voice(left), right.strip().lower()),)
    return (Absent(answer[:-1].strip().lower()),) if answer.endswith("-") else ()


def _suggestions(desk: Desk) -> None:
    """Each open correction once, the likeliest first; nothing is changed unless the reviewer says so."""
    passed: set[tuple[str, str]] = set()
    told = suggestions.told(draft_of(desk.folder))
    if told:
        desk.say(f"\n{told}")
    while True:
        draft = draft_of(desk.folder)
        left = [s for s in draft.suggestions if (s.statement_id, s.group) not in passed]
        if not left:
            return
        first = left[0]
        alike = [s for s in left if s.group == first.group]
        desk.say(f"  {suggestions.line(draft, first)}")
        if len(alike) > 1:
            desk.say(
                f"  {len(alike)} 處讀起來相同，A 和 R 一次回答 of them read like this; A and R answer all of them."
            )
        answer = desk.answer(
            "a 採用 accept, r 不採用 reject, Enter 先跳過 goes on without an answer, x 全部跳過 passes all the others, "
            "q 停止 stops"
        )
        answered = alike if answer in {"A", "R"} else [first]
        match answer.casefold():
            case "a":
                desk.tried(suggestions.answers(draft, accepted=answered))
            case "r":
                desk.tried(suggestions.answers(draft, rejected=answered))
            case "":
                passed.add((first.statement_id, first.group))
            case "x":
                return
            case _:
                desk.say(NOT_UNDERSTOOD)


def _approval(desk: Desk, approvers: int, correction_days: int) -> bool:
    """Show the whole record; take corrections until the reviewer approves or stops.

    Whoever comes after somebody else approved reads blind first: what would be published, without what was hidden, so
    that they do not only nod at the first one's decisions. After a change only what changed is shown again.
    """
    view = _View(desk, blind=_signed(desk, draft_of(desk.folder)) == {False})
    while True:
        decide_marks(desk)
        draft = draft_of(desk.folder)
        view.show(draft)
        answer = desk.answer(_ASKED.format(who=desk.who))
        verb, _, rest = answer.partition(" ")
        match verb.casefold():
            case "yes" | "y" | "是":
                _approved(desk, draft, approvers, correction_days)
                return True
            case "":
                desk.say("沒有核可，做過的決定都留著。Not approved. What you decided is kept.")
                return False
            case "b" | "l":
                view.again(other=verb.casefold() == "b")
            case "s":
                _suggestions(desk)
            case "c" | "h" | "r" if rest.strip():
                _changed(desk, draft, verb.casefold(), rest.strip())
            case _:
                desk.say(NOT_UNDERSTOOD)


def _signed(desk: Desk, draft: Draft) -> set[bool]:
    """Whether who approved exactly this is the one at the desk, of each approval."""
    return {person(e.who) == person(desk.who) for e in draft.approvals}


def _approved(desk: Desk, draft: Draft, approvers: int, correction_days: int) -> None:
    if True in _signed(desk, draft):
        desk.say("您已經核可過這份內容。You have approved exactly this already.")
    else:
        draft = approve(desk.folder, desk.who, seen=draft.digest)
    waits = window.reasons(window.of(desk.folder), draft, correction_days)
    for line in outcome(draft, desk.folder.id, approvers=approvers, waits=waits):
        desk.say(line)


class _View:
    """What the reviewer has before them: everything once, then only what changed, until they ask for all again.

    Args:
        desk: where it is shown.
        blind: whether somebody else approved it, so that it is first shown without what is hidden.
    """

    def __init__(self, desk: Desk, *, blind: bool) -> None:
        self._desk, self._blind = desk, blind
        self._before: frozenset[str] = frozenset()
        self._opening = _SECOND if blind else _FIRST

    def again(self, *, other: bool) -> None:
        """Show everything next time; with or without what is hidden, whichever it was not, if `other`."""
        self._blind ^= other
        self._before = frozenset()
        self._opening = _EXACT if self._blind else _FIRST

    def show(self, draft: Draft) -> None:
        """What is new, and the digest of all of it."""
        page = tuple(reading.blocks(draft, blind=self._blind))
        changed = [block for block in page if block not in self._before]
        if changed:
            self._desk.say(_ONLY_CHANGES if self._before else self._opening)
        for block in changed:
            self._desk.say(block)
        self._before = frozenset(page)
        if told := suggestions.told(draft):
            self._desk.say(told)
        self._desk.say(f"內容摘要碼 Digest of this content: {draft.digest[:16]}")


def _changed(desk: Desk, draft: Draft, verb: str, rest: str) -> None:
    """One change of a record that was read to its end."""
    what, _, words = rest.partition(" ")
    try:
        if verb == "r":
            mark = next((m for m in draft.marks if m.id == what), None)
            if mark is None:
                raise NotFoundError("There is no such mark.", "Its id stands below its statement.")
            decide_one(desk, draft, mark)
        elif verb == "h":
            decide(desk.folder, desk.who, acts_of(draft, hide=((what, words.strip()),)))
        else:
            correct(desk, draft, what)
    except ZhuziError as error:
        desk.say(f"  {error}")
