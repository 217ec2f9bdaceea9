"""The small table of words says what a dictionary of them would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from speakers.lexicon import entry
from speakers.word_table import Classes, Frequencies, WordTable

words = st.text(alphabet="交通局偁AP\U00020001", min_size=1, max_size=4)


@given(st.dictionaries(words, st.tuples(st.integers(0, 1 << 31), st.sampled_from(["n", "nr"])), max_size=20))
def test_it_says_what_a_dictionary_says(said: dict[str, tuple[int, str]]) -> None:
    table = WordTable(((word, *row) for word, row in said.items()), bits=8)
    beginnings = {word[:n] for word in said for n in range(1, len(word) + 1)}
    for text in beginnings | {"交", "AP", "偁", "局通", "P"}:
        assert table.get(text) == said.get(text)
        assert table.begins(text) is (text in beginnings)
        assert (text in Frequencies(table)) is (text in beginnings)
        assert Frequencies(table).get(text) == (said.get(text, (0,))[0] if text in beginnings else None)
        assert Classes(table).get(text, "x") == said.get(text, (0, "x"))[1]
    assert table.total == sum(frequency for frequency, _ in said.values())


def test_letters_are_no_character_that_is_stored_in_the_same_bytes() -> None:
    # 「偁」 is U+5041, "AP" 0x41 0x50: Python gives both one hash
    assert hash("偁") == hash("AP")
    assert entry("偁") is not None
    assert entry("AP") is None
