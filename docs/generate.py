"""Write docs/cli.md, docs/settings.md and docs/openapi.json from the program itself.

Run it in the project's .venv (`make docs`). `tests/test_docs.py` compares what it would write with what is there.
"""

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline import cli
from pipeline.room.api.described import description
from pipeline.settings import SETTINGS

HERE = Path(__file__).resolve().parent

EVERYWHERE = ("data", "as_json")
"""Options that every command has; they are described once."""

_ENTRY = {
    "id": "of the entry",
    "wish": "`named`, `anonymous`, `not named` or `not recorded`, where a meeting says nothing else",
    "meetings": "the wish for each meeting that says something else, by its id",
    "aliases": "how many",
    "facts": "how many",
    "linked": "whether they have one pseudonym in all meetings",
    "everywhere": "whether they are hidden in meetings without them too",
    "revision": "how often the entry was written",
    "changed_at": "when last",
}
"""An entry of the consent register, without a name."""


_JOB = {
    "id": "what `zhuzi cancel` and `zhuzi retry` name",
    "kind": "`run` or `release`",
    "meeting": "id of the meeting; it is there once the job has begun",
    "state": "`waiting`, `running`, `failed` or `cancelled`; one that is done is not listed",
    "office": "whose it is; empty where there is one",
    "backlog": "whether it may wait until nothing else does",
    "at": "when it was asked for",
    "begun": "when it was begun last; null if it was not",
    "ended": "when it ended; null if it did not",
    "stage": "that it is in; empty where nobody says",
    "done": "of `total`, in whatever unit",
    "total": "0 where nobody knows it",
    "left_s": "seconds that this step will take still; null where that cannot be told",
    "error": "why it failed, as a sentence; null if it did not",
    "cure": "what to do about it, likewise",
    "exit_code": "of that kind of error; null if there is none",
}
"""A job that is not done."""

_JOB_IN_DETAIL = {
    "id": "its id",
    "kind": "`run` or `release`",
    "meeting": "id of the meeting; it is there once the job has begun",
    "state": "where it stands now: `waiting`, `running`, `done`, `failed` or `cancelled`",
    "office": "whose it is; empty where there is one",
    "backlog": "whether it may wait until nothing else does",
    "at": "when it was asked for, in seconds since 1970",
    "begun": "when it was begun last, likewise; null if it was not",
    "ended": "when it ended, likewise; null if it did not",
    "steps[].stage": "a stage, in their order",
    "steps[].stand": "`done`, `now`, `stopped` or `later`",
    "notes": "what to know about it, each as a sentence",
    "progress": "how far it is; null unless it is at work",
    "progress.stage": "that it is in",
    "progress.step": "what it does of that",
    "progress.done": "of `total`, in whatever unit",
    "progress.total": "0 where nobody knows it",
    "progress.left_s": "seconds that this step will take still; null where that cannot be told",
    "failure": "null if it did not fail",
    "failure.error": "why it failed, as a sentence",
    "failure.cure": "what to do about it, likewise",
    "failure.exit_code": "of that kind of error",
}
"""A job as `zhuzi cancel`, `zhuzi retry`, the Python API and the HTTP API answer it."""


def _window(path: str) -> dict[str, str]:
    """The keys that say how a correction window stands."""
    return {
        f"{path}stage": "how its correction window stands to a release: `not needed`, `not opened`, `open`, "
        "`suggestions unanswered` or `passed`",
        f"{path}days": "how many working days are asked for; 0 for no window",
        f"{path}last_day": "its last day, in Taipei; null if none was opened",
        f"{path}days_left": "working days that are left, today included; null where that year's calendar is unknown",
        f"{path}open_suggestions": "how many suggestions nobody answered",
        f"{path}agreed": "how many participants agreed to what would be published of them now",
        f"{path}people": "how many it is for",
    }


ANSWERS: dict[str, dict[str, str]] = {
    "new": {"meeting": "path of the file that was written"},
    "run": {
        "id": "of the meeting",
        "folder": "path of its private folder",
        "state": "where it stands, as `zhuzi status` says it",
        "undecided": "how many marks nobody has decided",
        "notes": "what is missing or damaged in the recording, each as a sentence",
        "warnings": "what is dangerous about who is protected, or that nobody is; what the consent register took in; "
        "and which releases that makes stale, each as a sentence",
        "questions": "what only a person can answer, each as a sentence",
        "seconds": "of each stage, by its name; null if it never finished",
    },
    "review": {
        "id": "of the meeting",
        "state": "where it stands now",
        "undecided": "how many marks nobody has decided",
        "suggestions": "how many suggested corrections nobody answered; they stop nothing",
        "digest": "of the content as it is now; an approval is of one such digest",
        "approvals": "how many different reviewers approved exactly this content",
        "questions": "what only a person can answer, each as a sentence",
    },
    "show": {
        "title": "of the meeting; empty if nobody gave one",
        "language": "that most of it is in",
        "digest": "of the content as it is now",
        "voices.VOICE.participant": "id of the participant this voice is confirmed to be, or null",
        "voices.VOICE.proposed": "id of the participant that evidence gives it to, confirmed or not, or null",
        "voices.VOICE.why": "the strongest evidence for them, as in `reasons`, or null",
        "voices.VOICE.conflict": "whether the evidence is at odds, so that nobody is proposed",
        "voices.VOICE.typed": "the name that somebody typed who only wrote, private and never published; empty for a "
        "voice that is heard",
        "voices.VOICE.reasons[].participant": "id of the participant whom a piece of evidence is about",
        "voices.VOICE.reasons[].why": (
            "`heard_at`, `reviewer`, `self-introduction`, `enrolled voice`, `called and answers`, "
            "`thanked after speaking`, `roster order`, `typed this name`, `named in the transcript` or `speaks of them`"
        ),
        "voices.VOICE.reasons[].at": "the moment, the statement's id, or for an enrolled voice the score",
        "voices.VOICE.reasons[].points": "what it weighs; below zero if it speaks against",
        "questions": "what only a person can answer, each as a sentence",
        "statements[].id": "`a1`, `a2`, …; `q1` and `m1` for what was written",
        "statements[].voice": "`S1`, `S2`, …; `S0` for words in nobody's turn; `Q1`, `M1`, … for who wrote, `Q0` and "
        "`M0` for nobody",
        "statements[].start_ms": "milliseconds from the start of the recording",
        "statements[].end_ms": "likewise",
        "statements[].text": "as it was heard or corrected, unmasked: private",
        "statements[].written": "`question` or `message` for what was written, null for what was spoken",
        "marks[].id": "what `--mask` and `--keep` name",
        "marks[].statement": "the statement's id",
        "marks[].char_start": "first character in the statement's text",
        "marks[].char_end": "one past the last",
        "marks[].subject": "the participant's id; empty where it is about nobody on the list",
        "marks[].kind": "`name`, `alias`, `title`, `contact`, `quasi`, or `voice`: words that may be that person's",
        "marks[].tier": "`A`, `B`, `C` or `manual`",
        "marks[].level": "`exact`, `variant`, `same-sound`, `near-sound`, `near-miss`, `propagated`, `heard`, "
        "`pattern` or `manual`",
        "marks[].cues": "what stood around it, as words of the program",
        "marks[].confidence": "0 to 1, for ordering; not a probability",
        "marks[].verdict": "`mask`, `keep`, `edit`, or null while it is undecided",
        "strangers[].surface": "a name that belongs to nobody on the roster: private",
        "strangers[].count": "how often it is said",
        "strangers[].first": "the id of the statement that says it first",
        "suggestions": "how many suggested corrections nobody answered",
        "risk": "as `zhuzi risk` answers",
        "approvals": "how many different reviewers approved exactly this content",
    },
    "verify": {
        "ok": "whether the folder is what was released, as far as was asked",
        "missing": "names of files that are in the manifest only",
        "changed": "names of files with other bytes, or that are no plain files",
        "extra": "names of what is in the folder only",
        "signature": "`good`, `bad`, `not checked` (no `--public-key`) or `none`",
        "files": "how many the manifest names",
        "approved_at": "when it was approved, as the manifest says; likewise the next",
        "approvers": "how many different people approved",
        "licence": "under which it may be used, as an SPDX identifier",
        "made_with": "(name, version or digest) of each model and program",
    },
    "signing-key": {"public": "the public key, for everybody", "key": "path of the secret key"},
    "risk": {
        "measured.version": "of the rules whose rates these are",
        "measured.on": "the day",
        "measured.how": "on what, as a sentence",
        "missed[].length": "`two characters or fewer`, `three characters or more` or `Latin letters`",
        "missed[].found": "mentions of this kind that are marked and not kept",
        "missed[].recall": "share of them that the rules find",
        "missed[].expected": "how many more are probably there: found × (1 - recall) / recall",
        "expected": "the sum of these",
        "misheard": "share found of those with a syllable misheard beyond likeness, by length",
        "dangers[].person": "the participant's id",
        "dangers[].name": "the name or alias: private",
        "dangers[].perils": "`two syllables`, `a common word`, `Latin, shorter than four letters` or "
        "`sounds like a name of somebody else here`",
        "without_alias": "ids of protected people of whom only the name is known",
        "strangers[].name": "of somebody whom nobody put on the list: private",
        "strangers[].count": "how often it stands there",
        "strangers[].first": "id of the statement that says it first",
        "passages[].statement": "id of a statement to read in full, with its sound",
        "passages[].start_ms": "milliseconds from the start of the recording",
        "passages[].end_ms": "likewise",
        "passages[].first": "whether it is in the third to listen to first",
        "passages[].why": "`a protected person's own words`, `near a mention`, `beside a protected person's turn`, "
        "`several speak at once`, `heard unsurely`, `not understood` or `in English`",
        "statements": "how many there are in all",
        "listening_ms": "how long the passages are together",
        "reading_ms": "how long it takes to read everything, at 300 characters a minute",
    },
    "revoke": {
        "id": "of the meeting",
        "withdrawn": "where the files are that were public; null if nothing was",
        "releases[].at": "when these files went out; if the ledger does not say, when they were approved; empty if "
        "nobody noted it",
        "releases[].approvers": "who approved them, as they wrote their names; empty if nobody noted it",
        "releases[].files[].name": "of a file that has to be taken down wherever it was put",
        "releases[].files[].sha256": "of its bytes",
        "links[].label": "of a page that belongs to the meeting",
        "links[].url": "its address",
        "standing[].outlet": "where `zhuzi publish` put it and it still stands, or may",
        "standing[].kind": "`archive`, `git` or `folder`",
        "standing[].key": "under which name",
        "standing[].at": "since when",
        "standing[].sure": "false if a sending, or taking it down, was interrupted",
        "notes": "what could not be looked into, each as a sentence",
        "failures": "why the ledger does not hold the revocation yet, or why the files are still public, each as a "
        "sentence; empty as a rule",
    },
    "suggestions": {
        "suggestions[].id": "what `--accept` and `--reject` name",
        "suggestions[].statement": "the statement's id",
        "suggestions[].char_start": "first character in the statement's text",
        "suggestions[].char_end": "one past the last",
        "suggestions[].heard": "what stands there: private",
        "suggestions[].proposed": "what would stand there: private",
        "suggestions[].term": "which term of meeting.toml it is: `p2/0` a participant's name, `p2/1` their first "
        "alias, `p2/role`, `glossary/0`; or `numerals`",
        "suggestions[].level": "`variant`, `same-sound`, `near-sound`, `near-miss` or `mixed-notation`",
        "suggestions[].score": "0 to 1, for ordering; not a probability",
        "suggestions[].cues": "what around it speaks for a name, as words of the program",
        "suggestions[].group": "the same for all that replace the same words by the same",
    },
    "release": {
        "id": "of the meeting",
        "public": "path of the released folder",
        "files": "names of the files in it",
        "approval": "digest of what was approved",
        "hidden": "how many marks of each kind were hidden",
        "sound": "whether sound was published",
        "sound_reason": "why not, as a sentence; empty if it was",
        "video": "whether video was published",
        "video_reason": "why not, as a sentence, although it was asked for; empty otherwise",
        "turns_read": "how many turns of protected people a synthetic voice reads",
        "turns_not_read": "how many it could not read in their time, or must not; a tone stands there",
    },
    "status": {
        **{f"jobs[].{key}": meaning for key, meaning in _JOB.items()},
        "meetings[].id": "of the meeting",
        "meetings[].folder": "path of its private folder",
        "meetings[].title": "from its meeting.toml",
        "meetings[].state": (
            "`not transcribed`, `interrupted in STAGE`, `awaiting review`, `approved, window to open`, "
            "`in the correction window`, `suggestions to answer`, `approved`, `released`, "
            "`released, changed since`, `release interrupted`, `public files altered`, `revoked`, "
            "`revoked, still public`, `released, draft erased`, `draft erased`, `register cannot be opened`, "
            "or `damaged`"
        ),
        "meetings[].hold.by": "who put it under hold; `hold` is null if nobody did",
        "meetings[].hold.at": "since when",
        "meetings[].hold.reason": "why",
        "meetings[].erased[].kind": "what of it was erased, and is not there again",
        "meetings[].erased[].at": "when",
        "meetings[].erased[].rule": "under which rule",
        "meetings[].erased[].certificate": "number of its certificate",
        "meetings[].stages.STAGE.finished": "whether its result is there",
        "meetings[].stages.STAGE.attempts": "how often it was begun with the same input",
        "meetings[].stages.STAGE.seconds": "that it took, all its sections together; null if it never finished",
        "meetings[].stages.STAGE.sections": "of a long recording, in how many sections it is heard; may be missing",
        "meetings[].stages.STAGE.sections_done": "how many of them are done; may be missing",
        "meetings[].notes": "what is missing or damaged in the recording, each as a sentence",
        "meetings[].next": "why it cannot be released, or what is amiss with what is public, and what to do; each as a "
        "sentence; empty where nothing is to be done",
        "meetings[].warnings": "what is dangerous about who is protected, or that nobody is, each as a sentence",
        "meetings[].why": "why its last stage failed, why a release is stale, or that this cannot be told, as "
        "sentences; absent otherwise",
        "meetings[].marks": "how many there are; absent before the record is made, as the next two",
        "meetings[].undecided": "how many of them nobody has decided",
        "meetings[].questions": "what only a person can answer, each as a sentence",
        **_window("meetings[].window."),
        "meetings[].error": "what is damaged; absent otherwise",
    },
    "window open": {
        "id": "of the meeting",
        **_window("window."),
    },
    "window move": {
        "id": "of the meeting",
        **_window("window."),
    },
    "window close": {
        "id": "of the meeting",
        "ending": "`its last day was over`, `everybody had agreed`, or `before that`: then it does not count",
    },
    "window link": {
        "id": "of the meeting",
        "participant": "whose it is",
        "link": "shown this once",
        "subject": "of a message that holds it",
        "letter": "that message, in Chinese and English",
    },
    "window unlink": {"id": "of the meeting", "participant": "whose link it was"},
    "window list": {
        "id": "of the meeting",
        **_window("window."),
        "people[].participant": "their id",
        "people[].turns": "how many turns of theirs would be published",
        "people[].linked": "whether they have a link",
        "people[].opened": "whether it was opened",
        "people[].suggested": "how often they suggested something",
        "people[].agreed": "whether they agreed to what would be published of them now",
        "suggestions[].number": "what `zhuzi window answer` names",
        "suggestions[].at": "when",
        "suggestions[].participant": "whose; null if they are not in the meeting any more",
        "suggestions[].kind": "`text`, `leave out`, `anonymous` or `other`",
        "suggestions[].statement": "the statement's id; null if it is about none",
        "suggestions[].seen": "the public text that they saw",
        "suggestions[].text": "what they want to stand there, the words that are to go, or what they say: private",
        "suggestions[].changed": "whether the statement was changed since",
        "suggestions[].proposal": "the private text with the suggestion made: private",
        "suggestions[].whole": "whether everything that is hidden is still in it",
        "suggestions[].answer": "`accepted`, `refused`, or null",
        "suggestions[].reason": "why, as the participant reads it",
        "suggestions[].answered_by": "the reviewer",
    },
    "window answer": {
        "id": "of the meeting",
        "number": "of the suggestion",
        "accepted": "whether it was",
        "notes": "what follows, each as a sentence",
    },
    "watch": {
        "at": "when it happened: every event is an object of its own, on one line",
        "event": "`watching`, `waiting`, `copying`, `handed in`, `taken`, `removed`, `refused`, `done`, `failed`, "
        "`left alone`, `held up`, `inbox gone`, `inbox back` or `stopped`",
        "item": "number of what was dropped, counted since the start; 0 if it is about none",
        "job": "that it is; empty if it is none (yet)",
        "meeting": "id of the meeting; likewise",
        "done": "bytes copied",
        "total": "of so many",
        "left_s": "seconds that the copy will take still; null where that cannot be told",
        "what": "is wrong, as a sentence; never with a file's name",
        "cure": "what to do about it, likewise",
        "exit_code": "of that kind of error; 0 for none",
    },
    "submit": {
        "submitted[].number": "of the recording, as they were given",
        "submitted[].job": "what `zhuzi cancel` and `zhuzi retry` name; empty if it is none",
        "submitted[].meeting": "id of the meeting; it is there once the job has begun",
        "submitted[].state": "`waiting`, `running`, `done`, `failed` or `cancelled`; empty if there is no job",
        "submitted[].error": "why it was not taken or failed, as a sentence; null if it was",
        "submitted[].cure": "what to do about it, likewise",
        "submitted[].exit_code": "of that kind of error; 0 for none",
    },
    "cancel": _JOB_IN_DETAIL,
    "retry": _JOB_IN_DETAIL,
    "serve": {"url": "where the room was, once it has been stopped"},
    "worker": {"executor": "what it was called, once it has been stopped"},
    "account list": {
        "accounts": "a list, each with the keys below",
        "name": "of its owner",
        "roles": "what they may do: `staff`, `reviewer`, `admin`",
        "shut": "whether nobody comes in by it",
        "password": "whether its owner has chosen one",
        "sessions": "how many are open",
    },
    "account add": {"link": "by which its owner chooses a password, within 24 hours and once"},
    "account link": {"link": "likewise"},
    "account token": {
        "token": "what the program sends; shown this once",
        "id": "what it is called elsewhere",
        "name": "of whose account it is",
        "scopes": "what it is good for",
        "made": "when it was made",
        "until": "when it ends",
        "used": "when it was used last, to the minute; null if it never was",
    },
    "account tokens": {
        "tokens[].id": "what it is called",
        "tokens[].name": "of whose account it is",
        "tokens[].scopes": "what it is good for",
        "tokens[].made": "when it was made",
        "tokens[].until": "when it ends",
        "tokens[].used": "when it was used last, to the minute; null if it never was",
    },
    "account untoken": {"ended": "what it was called"},
    "metrics": {
        "metrics": "all of them, as Prometheus reads it",
        "output": "path of the file that was written; null if none was",
    },
    "webhook test": {
        "sent[].target": "of which address, as `zhuzi webhook list` names it",
        "sent[].ok": "whether it was taken",
        "sent[].outcome": "HTTP's number, or in words why there was none",
    },
    "webhook list": {
        "messages[].id": "the same however often it is sent",
        "messages[].type": "what happened; docs/monitoring.md lists them",
        "messages[].timestamp": "when it was noticed",
        "messages[].data.meeting": "id of the meeting",
        "messages[].data.old": "the state before; null if there was none",
        "messages[].data.new": "the state after",
        "messages[].data.job": "id of the job, if it is about one",
        "messages[].data.exit_code": "of the error that it failed with",
        "messages[].target": "of which address; a message to several has a row for each. null if nobody is told",
        "messages[].state": "`waiting`, `delivered` or `given up`; null if nobody is told",
        "messages[].tries": "how often it was sent; null if nobody is told",
        "messages[].outcome": "of the last time: HTTP's number, or words",
    },
    "webhook resend": {"message": "its id", "deliveries": "to how many it is sent again"},
    "audit verify": {
        "ok": "whether everything is whole",
        "chains": "the audit, then each ledger and correction window, each with the keys below",
        "place": "`audit`, the meeting's id for its ledger, or that with ` window` after it",
        "entries": "how many; 0 if it is broken",
        "error": "what is wrong and where, and what to do; or null",
    },
    "audit show": {
        "lines": "the newest first, each with the keys below",
        "seq": "its number",
        "at": "when",
        "who": "the account; empty for nobody who signed in",
        "address": "that it came from",
        "method": "HTTP's, or `zhuzi` for a command",
        "route": "pattern of the page, or the command",
        "meeting": "id of the meeting, or empty",
        "about": "the account that it is about, if another",
        "status": "HTTP's number of the outcome; 0: it did not finish",
    },
    "publish": {
        "results[].meeting": "its ID",
        "results[].outlet": "name of the outlet; empty if none was reached for this meeting",
        "results[].kind": "`archive`, `git` or `folder`",
        "results[].became": "`sent`, `already there`, `would be sent`, `withdrawn` or `failed`",
        "results[].key": "under which name it stands there, or stood",
        "results[].files": "how many files",
        "results[].notes": "what somebody should know, each as a sentence",
        "results[].failure": "why it failed, as a sentence; empty if it did not",
    },
    "index": {
        "folder": "of which the index is",
        "records": "how many there are",
        "paragraphs": "of all of them",
        "left_out": "names of folders in it that are not as they were released",
    },
    "search": {
        "hits[].meeting": "ID of the meeting",
        "hits[].title": "of the record",
        "hits[].date": "of the meeting; empty if nobody gave one",
        "hits[].label": "who said it, as it is published",
        "hits[].number": "of the paragraph in its record, from 1",
        "hits[].link": "from a folder of records to the paragraph",
        "hits[].snippet": "the text around the first hit",
        "hits[].places": "first character and one past the last of each hit in the snippet",
    },
    "scan": {
        "clean": "whether no name was found and everything could be looked into",
        "hits[].where": "file, member or line; a name that would give somebody away is shown as ●",
        "hits[].how": "how it was written",
        "hits[].term": "`p3/0` is participant p3's name, `p3/1` their first alias, `p3/f0` their first "
        "fact; with several meetings `2:p3/0`; with `--numbers` what the number is",
        "names": "how many names and facts were looked for",
    },
    "eval": {
        "recordings[].name": "a meeting's id, or the file's or session's name",
        "recordings[].duration_s": "of the recording, or up to the last thing that is told of it",
        "recordings[].tokens": "in the reference; what one is, `rules` says",
        "recordings[].han_tokens": "how many of them are Han characters",
        "recordings[].wer.rate": "(insertions + deletions + substitutions) / length; null if that is 0. A figure that "
        "cannot be had is null as a whole",
        "recordings[].wer.insertions": "tokens too many",
        "recordings[].wer.deletions": "tokens that are missing",
        "recordings[].wer.substitutions": "tokens that are others",
        "recordings[].wer.length": "tokens of the reference",
        "recordings[].cpwer": "the same keys: each speaker's words in a row, speakers paired for the fewest errors",
        "recordings[].tcpwer": "the same keys: also at the right time, within `tcp_collar_s`",
        "recordings[].greedy_orcwer": "the same keys: wrong speakers forgiven",
        "recordings[].speech_s": "in which anybody of the reference speaks",
        "recordings[].wordless_s": "of these, in stretches of .8 s or more without a word of the hypothesis",
        "recordings[].marked_s": "of these, marked in the hypothesis as not understood",
        "recordings[].der.rate": "missed, false alarm and confusion over total; no collar, overlap counted",
        "recordings[].der.missed_s": "speech given to nobody",
        "recordings[].der.false_alarm_s": "given to somebody while nobody speaks, or too many at once",
        "recordings[].der.confusion_s": "given to the wrong speaker",
        "recordings[].der.total_s": "speech of the reference, for each speaker",
        "recordings[].der_collar": "the same keys, without `der_collar_s` on either side of the reference's boundaries",
        "recordings[].jer.rate": "Jaccard error rate: every speaker of the reference counts the same",
        "recordings[].jer.speakers": "over how many",
        "recordings[].jer_collar": "the same keys with the collar",
        "recordings[].reference_speakers": "who have a turn in the reference",
        "recordings[].hypothesis_speakers": "who have one in the hypothesis",
        "recordings[].speaker_count_error": "how many too many or too few",
        "recordings[].naming.voices": "of the hypothesis; naming is null if the reference's labels are nobody's names",
        "recordings[].naming.people": "of the reference whose labels are names",
        "recordings[].naming.confirmed.right": "voices that somebody said are a person's, and are",
        "recordings[].naming.confirmed.wrong": "and are not",
        "recordings[].naming.confirmed.precision": "right over right and wrong",
        "recordings[].naming.confirmed.recall": "people with such a voice over people",
        "recordings[].naming.proposed": "the same keys for voices that only evidence gives to somebody; recall counts "
        "people beside those with a confirmed voice",
        "recordings[].naming.abstained": "voices given to nobody",
        "recordings[].naming.abstention": "abstained over voices",
        "recordings[].pairs[].speaker": "of the reference: its label, a participant's id, or a number where a name may "
        "not be shown; null if the voice has no speaker",
        "recordings[].pairs[].voice": "of the hypothesis, paired as DER does it; null if the speaker has no voice",
        "total": "the same keys but pairs, over all recordings: errors over lengths, JER over all speakers",
        "rules": "how words are counted, as sentences",
        "tcp_collar_s": "how far apart the times of matching words may be",
        "der_collar_s": "of `der_collar` and `jer_collar`, on either side of a boundary",
        "meeteval": "whether it is installed; without it cpwer, tcpwer and greedy_orcwer are null",
        "notes": "what is missing, and why, as sentences",
    },
    "enroll": {
        "voiceprint": "its id, for `voiceprint` in a meeting.toml",
        "until": "the last day on which it is used; it is deleted after that",
        "seconds": "of speech that it was made from",
    },
    "voiceprints": {
        "voiceprints[].id": "of the voiceprint",
        "voiceprints[].name": "whose it is: private",
        "voiceprints[].until": "the last day on which it is used",
        "voiceprints[].meeting": "id of the meeting that it was made from",
        "voiceprints[].seconds": "of speech that it was made from",
        "voiceprints[].consented_on": "the day on which the person agreed",
        "voiceprints[].consent_record": "where that is kept",
        "voiceprints[].by": "who entered it",
    },
    "rediarize": {
        "id": "the meeting",
        "state": "where it stands now",
        "voices": "how many voices there are now",
        "voices_before": "how many there were",
        "void": "what no longer counts, each a sentence",
    },
    "register list": {f"people[].{key}": meaning for key, meaning in _ENTRY.items()},
    "register show": {
        **_ENTRY,
        "name": "private",
        "aliases": "likewise",
        "facts[].kind": "what sort of fact",
        "facts[].text": "as it is said: private",
        "facts[].instead": "what is to stand there",
        "label": "their pseudonym, if they are linked",
        "labels": "the pseudonym that they chose for a meeting, by its id",
        "used_in": "ids of the meetings in which they are looked for",
        "consent": "where their wish is written down",
        "entered_by": "who entered them",
        "entered_at": "when",
        "changed_by": "who changed them last",
        "warnings": "which of their names are dangerous, each as a sentence",
        "earlier": "the same keys for every earlier version, oldest first; with `--earlier`",
    },
    "register add": {f"people[].{key}": meaning for key, meaning in _ENTRY.items()},
    "register set": {
        **_ENTRY,
        "shown": "where they were hidden and are shown now, and what becomes public, each as a sentence",
        "hidden": "meetings whose file had their name and has their id now, each as a sentence",
        "stale": "releases that were made of what it said before, each as a sentence",
        "broken": "meetings that cannot be opened with what it says now, and why, each as a sentence",
    },
    "register remove": {
        "removed": "id of the entry that is gone",
        "used_in": "ids of the meetings that named it and cannot be opened now",
    },
    "register log": {
        "log[].at": "when",
        "log[].entry": "id of the entry",
        "log[].meeting": "id of the meeting that it was for; empty if for none",
        "log[].purpose": "what for",
        "log[].who": "whose account",
    },
    "unenroll": {"deleted": "id of the voiceprint that is gone"},
    "purge": {
        "erased": "whether anything was to be erased, and not only told",
        "items[].id": "of the meeting; empty where it is of none",
        "items[].kind": "what",
        "items[].count": "how many files",
        "items[].bytes": "of all of them",
        "items[].rule": "under which rule it goes, or `named by hand`",
        "items[].why": "since when it is due, as a sentence",
        "items[].refused": "why it is not erased nevertheless, as a sentence; empty if it is",
        "items[].certificates": "numbers of the certificates; none before it is erased",
        "holding": "with `--person`: ids of the meetings that name that entry",
        "interrupted": "numbers of certificates whose erasure was killed; the next one finishes them",
    },
    "certificates": {
        "certificates[].number": "of the certificate",
        "certificates[].meeting": "id of the meeting; empty where it is of none",
        "certificates[].kind": "what was erased",
        "certificates[].piece": "id of the job, voiceprint or entry, where it is of no meeting",
        "certificates[].rule": "under which rule",
        "certificates[].by": "who erased it",
        "certificates[].begun": "when that began",
        "certificates[].ended": "when it ended; null if it was killed and nobody finished it yet",
        "certificates[].outcome": "`erased`; `begun` if it did not end; `abandoned` if it did not happen",
        "certificates[].count": "how many files",
        "certificates[].bytes": "of all of them",
        "certificates[].files[].name": "as the program calls it, otherwise `another file`",
        "certificates[].files[].sha256": "of its bytes; empty where a file could be guessed",
        "certificates[].again": "when it was done again in a restored backup",
        "certificates[].previous": "hash of the line before, to which this one is chained",
        "certificates[].hash": "of its last line",
        "certificates[].limits": "what erasing does not reach",
    },
    "hold": {
        "id": "the meeting",
        "held": "true",
        "at": "since when",
        "gone": "what of it was erased before, each as a sentence",
    },
    "unhold": {"id": "the meeting", "held": "false", "at": "since when"},
    "holds": {
        "holds[].id": "of the meeting",
        "holds[].at": "since when",
        "holds[].by": "who put it",
        "holds[].reason": "why",
    },
    "backup-key": {"public": "the public key, for ZHUZI_BACKUP_TO", "key": "path of the secret key"},
    "backup": {
        "archive": "path of the archive",
        "bytes": "of it",
        "sha256": "of it",
        "files": "how many are in it",
        "meetings": "how many are in it",
        "notes": "what is not in it, each as a sentence",
    },
    "restore": {
        "made": "when the backup was made",
        "data": "where the data directory is now; null with `--verify-only`",
        "register": "where the consent register is now; null if it is not in the archive",
        "meetings": "ids of those in it",
        "files": "how many were read",
        "bytes": "of them",
        "again": "what was erased after the backup and was therefore erased again, each as a sentence",
        "notes": "what one has to know, each as a sentence",
    },
    "doctor": {
        "ok": "whether everything that is needed is there",
        "findings[].name": "what was looked at",
        "findings[].ok": "whether it is well",
        "findings[].optional": "whether the program works without it",
        "findings[].says": "what was found",
        "findings[].cure": "what to do; empty when all is well",
    },
    "models list": {
        "directory": "where models live",
        "models[].name": "as the catalogue names it",
        "models[].job": "`transcription`, `segmentation` or `embedding`",
        "models[].licence": "of the model",
        "models[].origin": "who made it, and where it comes from",
        "models[].bytes": "on disk if it is here, otherwise as announced (0: unknown)",
        "models[].present": "whether all its files are here",
        "models[].default": "whether it is fetched without being named",
        "models[].trust": "what vouches for its bytes",
    },
    "models fetch": {"directory": "where models live", "models": "names of those that are here now"},
    "models verify": {
        "ok": "whether every file is the pinned one",
        "wrong[].says": "what is wrong with a file",
        "wrong[].cure": "what to do about it",
    },
    "demo": {
        "jobs[].id": "of the meeting",
        "jobs[].public": "path of the released folder",
        "jobs[].hidden": "how many marks of each kind were hidden",
    },
}
"""What each command answers with `--json`; a test compares the keys with those in the code."""

EXITS = {
    "account token": "8 nobody has such an account, 9 the audit cannot be written, 17 its roles do not reach so far",
    "account tokens": "9 the accounts cannot be read",
    "account untoken": "8 no such token, 9 the audit cannot be written",
    "metrics": "9 the file cannot be written",
    "webhook test": "9 if a message was not taken or the secret cannot be read, 12 if none is set",
    "webhook list": "9 disk",
    "webhook resend": "8 no such message, 9 disk",
    "new": "3 if the recording cannot be read, 4 if there is a meeting.toml already, 9 if it cannot be written",
    "run": "3 recording, 4 meeting.toml, 5 models, 9 disk, 13 a stage failed unforeseen, 15 if a voiceprint that "
    "meeting.toml names cannot be opened (the record is there nevertheless), 16 the consent register",
    "review": "6 if it is not transcribed yet or marks are undecided at `--approve`, 8 no such thing, 9 disk, "
    "10 ledger, 12 an act that makes no sense (keeping without a reason)",
    "show": "6 if it is not transcribed yet, 8 no such meeting, 10 ledger",
    "suggestions": "6 if it is not transcribed yet, 8 no such meeting or open suggestion, 9 disk, 10 ledger, or "
    "answers without `--reviewer`, 12 if one is accepted and rejected",
    "risk": "6 if it is not transcribed yet, 8 no such meeting, 10 ledger",
    "verify": "8 no manifest, 9 if something cannot be read or the manifest is damaged, 12 a manifest of a version "
    "that is not known, 19 if anything is not as it was released or signed, or the key is none",
    "signing-key": "9 if it cannot be written, 19 if a file is there already",
    "revoke": "8 no such meeting, 9 if the files cannot be moved, 10 without `--reviewer`, or if the ledger is damaged "
    "(the files are withdrawn nevertheless, and nothing is released before it is revoked again), 12 without a reason",
    "release": "3 if the original cannot be read, 5 if the model that listens to the sound is missing, 6 if the "
    "gate is shut, 7 if a protected name would be published or is still heard, 8 no such meeting, 9 disk, 10 ledger, "
    "19 the signing key",
    "status": "8 no such meeting; a damaged meeting is a row, not an error",
    "window open": "6 if nobody approved exactly this content, 8 no such meeting, 11 if one is open, 12 if no last day "
    "can be reckoned",
    "window move": "6 if none is open, 8 no such meeting, 12 if that day is over, or without a reason",
    "window close": "6 if none is open or suggestions are unanswered, 8 no such meeting, 12 early and without a reason",
    "window link": "6 if none is open, 8 no such meeting or participant",
    "window unlink": "8 no such meeting, participant or link",
    "window list": "8 no such meeting, 10 if what is kept of it was changed",
    "window answer": "8 no such meeting or suggestion, 11 if the statement was changed since, or somebody else "
    "answered, 12 without a reason, 16 the consent register",
    "watch": "8 if the inbox is not there, 9 if it cannot be written or is not apart from the data, 11 if another "
    "watcher is at it; with `--once` that of the first failure: 3 recording, 4 meeting.toml, 9 disk, 13 a stage",
    "submit": "3 recording, 4 meeting.toml, 9 disk, 11 if it was taken in before and nothing new is said, 12 the same "
    "file twice, 16 the consent register; with several, that of the first failure; with `--wait` also those of `run`",
    "cancel": "8 no such job, 12 if it has ended",
    "retry": "8 no such job, 12 if it did not fail",
    "worker": "11 if another worker has this data directory; 75 if it was taken for dead: start it again",
    "serve": "9 if the data directory or the port cannot be used, 12 if a setting of the room makes no sense, 17 if a "
    "network could read along",
    "account list": "9 disk",
    "account add": "9 disk, 17 if somebody has an account of that name",
    "account link": "8 if nobody has, 9 disk",
    "audit verify": "10 if the audit, a ledger or a correction window was changed",
    "audit show": "10 if the audit was changed where it was looked at",
    "publish": "6 if what is public is not what was released last, or a correction window is open, 7 if somebody is "
    "named who is hidden by now, 8 no such meeting or outlet, 9 disk, 10 if the ledger or what was sent was changed by "
    "hand, 11 if somebody else is sending, 12 if it is not said what, 19 if an outlet failed or outlets.toml is wrong",
    "index": "8 no such folder, 9 disk, 11 if somebody is sending, 19 if it is a folder of recordings or drafts",
    "search": "9 if its index cannot be written, 12 if there is nothing to look for",
    "scan": "4 meeting.toml, 7 if something was found or could not be looked into",
    "eval": "8 no such meeting or file, 9 if the picture cannot be written, 14 if a file cannot be read or a "
    "hypothesis has no reference; for a meeting also 4, 6 and 10",
    "enroll": "5 models, 6 if the meeting is not transcribed yet, 8 no such meeting or participant, 9 disk, or a "
    "meeting whose people cannot be read, 15 if they may not be enrolled or the key is not there",
    "voiceprints": "9 disk, 15 if the key is missing or another one",
    "rediarize": "5 models, 6 if the meeting is not transcribed yet, 8 no such meeting, 9 disk, 12 the bounds",
    "unenroll": "8 no such voiceprint, 9 disk",
    "purge": "8 no such meeting or entry, 9 disk, 10 if holds or certificates were changed by hand, 16 the consent "
    "register, 18 if retention.toml makes no sense, or what was named was not all erased",
    "certificates": "8 no such certificate, 10 if they were changed by hand",
    "hold": "8 no such meeting, 9 disk, 10 if holds were changed by hand, 18 if it is held already, or without reason",
    "unhold": "8 no such meeting, 9 disk, 10 likewise, 18 if it is not held, or without reason",
    "holds": "10 likewise",
    "backup-key": "9 disk, 18 if there is such a file",
    "backup": "8 no such meeting, 9 disk, 11 if another one is being made, 18 without a public key, or if a link lies "
    "in the data directory",
    "restore": "9 disk, 10 if the certificates were changed by hand, 18 if the archive is damaged, cut off, another "
    "key's or none, or something is already there",
    "register list": "16 if the register cannot be opened",
    "register show": "8 no such entry, 16 likewise",
    "register add": "4 if the file says something that cannot be, 9 disk, 16 if nobody in it is to be hidden, a label "
    "would tell, or the register cannot be opened",
    "register set": "4 likewise, 8 no such entry or meeting, 9 disk, 16 likewise, if two people would be one, or if "
    "somebody hidden would be shown without --unhide",
    "register remove": "8 no such entry, 9 disk, 16 if meetings name it, or the register cannot be opened",
    "register log": "16 if it cannot be read",
    "doctor": "8 if something that is needed is missing",
    "models list": "5 if a catalogue cannot be read",
    "models fetch": "5 if a model cannot be had or is not the pinned one, 9 disk",
    "models verify": "5 if a file is not the pinned one, or no model is here",
    "demo": "as `run` and `release`; 8 if the examples are not there",
}
"""Exit codes beside 0, 1, 2 and 130 that one has to expect."""


def commands(group: click.Group = cli.main, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, in the order of the code; those of a group come last."""
    for name, command in sorted(group.commands.items(), key=lambda c: isinstance(c[1], click.Group)):
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _option(option: click.Option) -> str:
    """How an option is typed: `--keep MARK REASON`."""
    takes = "" if option.is_flag else " " + _metavar(option)
    return ", ".join(option.opts) + takes


def _metavar(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(option.type.choices)
    return option.metavar or ("DIR" if option.name in {"data", "examples"} else option.opts[0][2:].upper())


def _usage(name: str, command: click.Command) -> str:
    parts = ["zhuzi", name]
    options = [p for p in command.params if isinstance(p, click.Option)]
    parts += [_option(p) for p in options if p.required]
    if any(not p.required for p in options):
        parts.append("[OPTIONS]")
    for argument in command.params:
        if isinstance(argument, click.Argument):
            shown = argument.metavar or str(argument.name).upper()
            parts.append(shown)
    return " ".join(parts)


def _described(name: str, command: click.Command) -> Iterator[str]:
    yield from (f"## zhuzi {name}", "", str(command.help), "", "```", _usage(name, command), "```", "")
    options = [p for p in command.params if isinstance(p, click.Option) and p.name not in EVERYWHERE]
    if options:
        yield from ("| option | meaning |", "|---|---|")
        for option in options:
            notes = " Required." if option.required else ""
            notes += " May be given several times." if option.multiple else ""
            yield f"| `{_cell(_option(option))}` | {_cell(option.help or '')}{notes} |"
        yield ""
    yield from (f"Exit codes: {EXITS[name]}.", "", "| JSON key | meaning |", "|---|---|")
    yield from (f"| `{key}` | {_cell(meaning)} |" for key, meaning in ANSWERS[name].items())
    yield ""


def cli_reference() -> str:
    """The text of docs/cli.md."""
    lines = [
        "# Command line",
        "",
        "Written by `make docs`; a test holds it against the program.",
        "",
        inspect.cleandoc(str(cli.main.help)),
        "",
        "| command | what it does |",
        "|---|---|",
    ]
    for name, command in commands():
        anchor = f"zhuzi-{name}".replace(" ", "-")
        lines.append(f"| [`zhuzi {name}`](#{anchor}) | {_cell(str(command.help))} |")
    lines += [
        "",
        "`zhuzi --version` says which version this is; `--help` works after every command.",
        "",
        "## What every command has in common",
        "",
        "| option | meaning |",
        "|---|---|",
    ]
    common = next(command for _, command in commands()).params
    for option in common:
        if isinstance(option, click.Option) and option.name in EVERYWHERE:
            lines.append(f"| `{_option(option)}` | {option.help} |")
    lines += [
        "",
        "A meeting's ID may be shortened to its first four characters or more, as long as no other begins so.",
        "",
        "With `--json` the answer is one JSON object on standard output, and lines for people are left out. An",
        'error is then the object `{"error": …, "cure": …, "exit_code": …}`, and its line still goes to standard',
        "error. Wrong usage (exit code 2) and an error that the program did not foresee (1) give no object.",
        "",
        "Exit codes that every command has: 0 done, 1 unforeseen, 2 wrong usage, 130 stopped with Ctrl-C. The",
        "others are listed at each command and described in [errors.md](errors.md).",
        "",
    ]
    for name, command in commands():
        lines += _described(name, command)
    return "\n".join(lines).rstrip() + "\n"


def settings_reference() -> str:
    """The text of docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Written by `make docs`; a test holds it against the program.",
        "",
        "Every setting is an environment variable. There is no configuration file; what belongs to one meeting",
        "is in its [meeting.toml](meeting-toml.md), and how long things are kept, in",
        "[retention.toml](keeping.md#how-long).",
        "",
        "| variable | default | what it decides |",
        "|---|---|---|",
    ]
    lines += [f"| `{s.name}` | {_cell(s.default)} | {_cell(s.says)} |" for s in SETTINGS]
    lines += [
        "",
        'On Linux "your data directory" is `~/.local/share`, or `XDG_DATA_HOME` where that is set, and "your',
        'configuration directory" is `~/.config`, or `XDG_CONFIG_HOME`. `make demo` uses the folder `.demo` of the',
        "clone for its meetings unless `ZHUZI_DATA` is set.",
    ]
    return "\n".join(lines) + "\n"


def http_reference() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(description(), ensure_ascii=False, indent=2) + "\n"


WRITTEN = {"cli.md": cli_reference, "settings.md": settings_reference, "openapi.json": http_reference}
"""Generated files of this folder, and what writes each."""


def main() -> None:
    """Write every generated file."""
    for name, text in WRITTEN.items():
        (HERE / name).write_text(text(), "utf-8")
        sys.stdout.write(f"docs/{name} is written.\n")


if __name__ == "__main__":
    main()
