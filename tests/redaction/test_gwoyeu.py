"""The rarer romanisations, syllable by syllable."""

from __future__ import annotations

import pytest

from redaction.gwoyeu import gwoyeu, yale

GWOYEU = (
    "you3 yeou ying3 yiing yu3 yeu wu3 wuu ye3 yee ya3 yea wan3 woan xu2 shyu xuan1 shiuan lai2 lai huang2 hwang "
    "chen2 chern lin2 lin zhang1 jang zhao4 jaw qian2 chyan sun1 suen li4 lih zheng4 jenq wang2 wang yuan2 yuan "
    "yun3 yeun hai3 hae hao3 hao er4 ell shi4 shyh ma1 mha gui4 guey yong4 yonq yong3 yeong dian4 diann "
    "si1 sy jiu3 jeou"
)
YALE = "xuan sywan xu syu xiao syau xie sye qiu chyou zhang jang yuan ywan jun jyun xiong syung you you qian chyan"


def pairs(table: str) -> list[tuple[str, str]]:
    words = table.split()
    return list(zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize(("hanyu", "expected"), pairs(GWOYEU))
def test_gwoyeu_spells_the_tone(hanyu: str, expected: str) -> None:
    assert gwoyeu(hanyu) == (expected,)


@pytest.mark.parametrize(("hanyu", "expected"), pairs(YALE))
def test_yale(hanyu: str, expected: str) -> None:
    assert yale(hanyu) == (expected,)
