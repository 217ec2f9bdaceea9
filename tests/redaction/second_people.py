"""The invented people whom the second set of blind canaries gives away; they are not the first set's."""

from __future__ import annotations

from speakers.meeting import Fact, FactKind, Participant, Wish

HSING = Participant(
    id="p1",
    name="邢瑄",
    aliases=("小瑄",),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.NUMBER, "0958-213-647"),),
)
WEN = Participant(
    id="p2",
    name="溫沛岑",
    aliases=("沛岑", "Jocelyn"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.HOSPITAL, "澄岸復健醫院"),),
)
SZUTU = Participant(
    id="p3",
    name="司徒允澈",
    aliases=("允澈", "阿澈哥"),
    wish=Wish.UNNAMED,
    facts=(Fact(FactKind.EMPLOYER, "旭嶺診所"), Fact(FactKind.NUMBER, "07-553-2816")),
)
MARIYAN = Participant(
    id="p4",
    name="羅烏菈．瑪里岸",
    aliases=("羅烏菈", "Lowula Mariyan"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.SCHOOL, "霧谷實驗小學"),),
)

PEOPLE: tuple[Participant, ...] = (HSING, WEN, SZUTU, MARIYAN)
