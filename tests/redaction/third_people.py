"""The invented people whom the third set of blind canaries gives away; they are not the earlier sets'."""

from __future__ import annotations

from speakers.meeting import Fact, FactKind, Participant, Wish

KO = Participant(
    id="p1",
    name="柯采蘋",
    aliases=("蘋姨", "Cassidy"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.NUMBER, "0937-448-162"),),
)
HUANGFU = Participant(
    id="p2",
    name="皇甫祐辰",
    aliases=("祐辰", "阿辰伯"),
    wish=Wish.UNNAMED,
    facts=(Fact(FactKind.HOSPITAL, "暮光療養院"), Fact(FactKind.ADDRESS, "觀蘆街58巷7號")),
)
KUNG = Participant(
    id="p3",
    name="龔旎",
    aliases=("尼尼醬",),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.SCHOOL, "橡影高職"), Fact(FactKind.NUMBER, "Q284617395")),
)
MONAVA = Participant(
    id="e1",
    name="莫那娃．瓦歷漢",
    aliases=("莫那娃", "Monava Walihan"),
    wish=Wish.ANONYMOUS,
    facts=(Fact(FactKind.CONDITION, "薩氏角膜萎縮症"),),
)

PEOPLE: tuple[Participant, ...] = (KO, HUANGFU, KUNG, MONAVA)
