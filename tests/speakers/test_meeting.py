"""People and their wishes."""

from __future__ import annotations

import pytest

from speakers.error import MeetingError
from speakers.meeting import Meeting, Participant
from tests.scenes import hidden, shown, unrecorded


@pytest.mark.parametrize("names", [("",), (" ",), ("陳筱明", ""), ("陳筱明", "\u3000")])
def test_a_name_that_is_none_is_refused_without_being_told(names: tuple[str, ...]) -> None:
    with pytest.raises(MeetingError) as refused:
        Participant("p7", names[0], aliases=names[1:])
    assert "Participant 7" in str(refused.value)
    assert "陳筱明" not in str(refused.value)


def test_names_are_hidden_of_those_who_asked_for_anonymity() -> None:
    people = (shown(1, "王大明"), hidden(2, "陳筱明", "筱明"), unrecorded(3, "林大同"))
    meeting = Meeting(participants=people)
    assert meeting.protected == (people[1],)
    assert people[1].names == ("陳筱明", "筱明")
    assert meeting.participant("p3") is people[2]
    assert meeting.participant("p4") is None
