"""Who becomes hidden is in no kept file by name, neither in this meeting nor, hidden everywhere, in any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import register, review
from pipeline.entry import Told
from pipeline.folder import MeetingFolder
from pipeline.run import meeting_of
from speakers.meeting import Wish
from tests.conftest import MEETING

Zhuzi = Callable[..., Result]
Hear = Callable[..., MeetingFolder]
NAMES = ("蔡佩珊", "佩珊", "毛毛媽", "Tsai Pei-shan")


def found(zhuzi: Zhuzi, path: Path) -> int:
    """Exit code of a scan for everybody in the register: 7 where somebody is found."""
    return zhuzi("scan", path, "--register").exit_code


@pytest.mark.parametrize("wish", ["named", "not recorded"])
@pytest.mark.parametrize("header", ["", 'title = "毛毛媽的會議"\n'])
def test_the_file_of_before_does_not_keep_who_is_hidden_since(
    zhuzi: Zhuzi, hear: Hear, recording: Path, wish: str, header: str
) -> None:
    blocks = MEETING[MEETING.index("[[participants]]") :]
    toml = recording.with_name("meeting.toml")
    toml.write_text(header + blocks.replace('wish = "anonymous"', f'wish = "{wish}"'), encoding="utf-8")
    folder = hear()
    assert "蔡佩珊" in folder.meeting_toml.read_text("utf-8")
    toml.write_text(blocks, encoding="utf-8")
    hear()
    old = folder.root / "meeting.toml.old"
    assert old.exists() is (not header)
    assert found(zhuzi, folder.meeting_toml) == 0
    assert header or found(zhuzi, old) == 0
    assert header or "沈立言" in old.read_text("utf-8")


@pytest.mark.parametrize(("wish", "hidden"), [("named", Wish.ANONYMOUS), ("not recorded", Wish.NOT_RECORDED)])
def test_who_is_hidden_everywhere_is_in_no_other_meeting_s_file(
    zhuzi: Zhuzi, hear: Hear, recording: Path, data: Path, wish: str, hidden: Wish
) -> None:
    blocks = MEETING[MEETING.index("[[participants]]") :]
    text = blocks.replace('wish = "anonymous"', f'wish = "{wish}"')
    microphone = '\n[[microphones]]\nchannel = 1\nparticipant = "毛毛媽"\n'
    recording.with_name("meeting.toml").write_text(
        f'glossary = ["佩珊", "附議"]\n{text}{microphone}', encoding="utf-8"
    )
    folder = hear()
    entry = register.of(data).enter(Told("", "蔡佩珊"), "")[1]
    done = zhuzi("register", "set", entry.id, "--everywhere")
    assert f'Review it again: zhuzi review {folder.id} --reviewer "Your Name"' in done.stdout
    assert not [n for n in NAMES if n in folder.meeting_toml.read_text("utf-8") + done.output]
    assert found(zhuzi, folder.meeting_toml) == 0
    person = meeting_of(folder).participant("p2")
    assert person is not None
    assert (person.wish, person.person, set(NAMES) <= set(person.names)) == (hidden, entry.id, True)
    assert meeting_of(folder).microphones[0].participant_id == "p2"
    shown = "make sure that they agreed" in " ".join(review.questions(review.draft_of(folder)))
    assert shown is (hidden is Wish.NOT_RECORDED)


def test_a_wish_to_be_hidden_in_a_meeting_holds_where_its_file_names_them(
    zhuzi: Zhuzi, hear: Hear, recording: Path, data: Path
) -> None:
    recording.with_name("meeting.toml").write_text(
        MEETING.replace('"anonymous"', '"named"'), encoding="utf-8"
    )
    folder = hear()
    entry = register.of(data).enter(Told("", "蔡佩珊"), "")[1]
    assert meeting_of(folder).protected == ()
    assert zhuzi("register", "set", entry.id, "--meeting", folder.id, "--wish", "not named").exit_code == 0
    assert [p.wish for p in meeting_of(folder).protected] == [Wish.UNNAMED]
    assert found(zhuzi, folder.meeting_toml) == 0
