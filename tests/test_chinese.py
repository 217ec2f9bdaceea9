"""Everything that the program says to a person has Chinese as it is written in Taiwan."""

import json
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import chinese, words
from speakers.traditional import to_taiwan
from tests.sentences import Sentence, all_sentences, all_strings

SENTENCES = {sentence.template: sentence for sentence in all_sentences()}
SAID = chinese.templates("said")
ROOM = chinese.templates("room")
PART = chinese.templates("part")
WAYS = {"part", "list", "clauses", "whose", "said"}

NUMBER = re.compile(r"\{(\d)(?::([a-z]+))?\}")
HALF = re.compile(
    r"(?<=[\u3400-\u9fff」』）])[,;:!?()]|[,;:!?()](?=[\u3400-\u9fff「『（])|(?<=[\u3400-\u9fff])\.(?:\s|$)"
)
TAIWANESE = ("占用", "詞組成", "連接埠", "游標")
"""What a converter to Taiwan's words would exchange although people in Taiwan say it."""


def all_chinese() -> dict[str, str]:
    rooms = {f"{en} (room)": both[0] for en, both in ROOM.items()}
    return {**{en: str(zh) for en, zh in {**SAID, **PART}.items()}, **rooms}


def line(sentence: Sentence) -> str:
    numbers = "".join(f"{{{n}}}" for n in range(sentence.template.count("{}")))
    return f'{json.dumps(sentence.template, ensure_ascii=False)} = "{numbers}"  # {sentence.module}:{sentence.line}'


def test_every_sentence_has_chinese() -> None:
    missing = [line(sentence) for template, sentence in SENTENCES.items() if not SAID.get(template)]
    assert not missing, (
        "Run `python -m tests.sentences`, and fill in the Chinese in pipeline/chinese.toml:\n"
        + "\n".join(missing)
    )


def test_no_chinese_is_left_of_a_sentence_that_nothing_says() -> None:
    left = [
        f"{template}  (of [{name}])" for name, table in (("said", SAID), ("room", ROOM)) for template in table
    ]
    left = [one for one in left if one.rpartition("  (of ")[0] not in SENTENCES]
    assert not left, "Nothing says these any more; run `python -m tests.sentences`:\n" + "\n".join(left)


def test_every_phrase_stands_somewhere_in_the_program() -> None:
    everything = "\n".join(all_strings()).casefold()
    gone = [
        part
        for part in PART
        if not all(
            literal.strip(" ;,").removesuffix("s").casefold() in everything for literal in part.split("{}")
        )
    ]
    assert not gone, "Remove these from [part] of pipeline/chinese.toml:\n" + "\n".join(gone)


@pytest.mark.parametrize("table", ["said", "part"])
def test_no_inserted_value_is_lost(table: str) -> None:
    for english, zh in chinese.templates(table).items():
        wanted = {str(n) for n in range(english.count("{}"))}
        used = {match[1] for match in NUMBER.finditer(str(zh))}
        assert used <= wanted, english
        assert used == wanted or english == "who had 1 label can be told", english
    for english, both in ROOM.items():
        for one in both:
            assert {match[1] for match in NUMBER.finditer(one)} <= {
                str(n) for n in range(english.count("{}"))
            }, english


def test_how_a_value_is_put_into_words_is_known() -> None:
    for english, zh in all_chinese().items():
        assert {m[2] for m in NUMBER.finditer(zh) if m[2]} <= WAYS | set(words.table()), english


def test_the_chinese_is_that_of_taiwan() -> None:
    for english, zh in all_chinese().items():
        plain = NUMBER.sub("", zh)
        assert to_taiwan(plain, TAIWANESE) == plain, english
        assert not HALF.search(plain), (english, HALF.search(plain))
        assert "  " not in zh, english


def test_a_sentence_ends_as_one() -> None:
    for english, zh in SAID.items():
        assert re.search(r"[。？：」][」）]?(?:\{\d(?::[a-z]+)?\})?$", str(zh)), english


def filled(template: str, values: list[str]) -> str:
    pieces = template.split("{}")
    return "".join(a + b for a, b in zip(pieces, [*values, ""], strict=True))


VALUES = st.text(st.sampled_from(string.ascii_letters + string.digits + "/-_.王小明 ,:?。"), max_size=12)


@settings(deadline=None)
@given(st.data())
def test_a_sentence_is_found_again_whatever_was_inserted(data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(sorted(SAID)))
    values = data.draw(st.lists(VALUES, min_size=template.count("{}"), max_size=template.count("{}")))
    sentence = filled(template, values)
    assert chinese.said(sentence), sentence
    zh, en = chinese.in_the_room(sentence)
    assert zh, sentence
    assert en, sentence


@pytest.mark.parametrize("template", sorted(SAID))
def test_a_sentence_is_found_as_itself(template: str) -> None:
    values = [f"q{n}" for n in range(template.count("{}"))]
    sentence = filled(template, values)
    told = chinese.said(sentence)
    assert all(value in told for value in values)
    assert NUMBER.sub("", str(SAID[template])).strip("，。：")[:4] in told or "{" in str(SAID[template])[:4]


@given(st.lists(st.sampled_from(sorted(t for t in SAID if "{}" not in t)), min_size=1, max_size=4))
def test_sentences_in_a_row_are_said_in_a_row(templates: list[str]) -> None:
    assert chinese.said(" ".join(templates)) == "".join(chinese.said(t) for t in templates)


@given(st.text(max_size=200))
def test_nothing_fails_over_a_sentence_that_nobody_knows(text: str) -> None:
    zh, en = chinese.in_the_room(text)
    assert zh or en == text


def test_names_of_things_are_put_into_words_and_ids_stay() -> None:
    assert chinese.said(
        "Which voice is p2 (not recorded)? Until somebody says so, nothing can be released."
    ) == ("p2（發言不列入紀錄）是哪一個聲音？沒有人說明之前，什麼都不能公開。")
    assert chinese.said("Voice S1: the evidence is at odds, so nobody is linked to it (p1, p2).") == (
        "聲音 S1：線索互相矛盾，所以沒有指認給任何人（p1、p2）。"
    )
    assert chinese.said("Stage diarize of meeting 0f3a9c27d1b4 failed (ValueError).") == (
        "會議 0f3a9c27d1b4 在「分辨聲音」這一步失敗了（ValueError）。"
    )
    assert chinese.said("Participant 3, alias 2, is short: found only as it is written.") == (
        "第 3 位與會者的第 2 個別名太短，只找得到寫法完全相同的地方。"
    )
    assert chinese.said("Hidden in the text: 3 × name, 1 × contact. Leak scan of every file: clean.") == (
        "文字中隱去：3 處姓名、1 處聯絡資料或號碼。每個檔案都掃描過，沒有洩漏。"
    )
    assert chinese.said(
        "In meeting 0f3a9c27d1b4, their name will be published, but nothing that they say; nobody looks for "
        "1 alias and 2 facts (employer, school) any more."
    ) == (
        "在會議 0f3a9c27d1b4，姓名會公開，但發言不公開；不再尋找 1 個別名、2 項間接資訊（任職單位、學校）。"
    )


def test_in_the_room_kinds_of_marks_are_called_by_their_names_in_english_too() -> None:
    said = "Hidden in the text: 3 × name, 2 × quasi. Leak scan of every file: clean."
    assert chinese.in_the_room(said) == (
        "文字中隱去：3 處姓名、2 處間接資訊。每個檔案都掃描過，沒有洩漏。",
        "Hidden in the text: 3 × a name, 2 × what points at somebody. Leak scan of every file: clean.",
    )


def test_an_obstacle_with_what_voided_the_approvals_is_said_whole() -> None:
    english = (
        "The text changed since it was approved. It has 0 of 2 approvals of exactly this content; any change voids "
        "an approval. Read it and approve it: zhuzi review ID."
    )
    assert chinese.in_the_room(english) == (
        "核可之後，文字變了。這份內容需要 2 人核可，目前有 0 人；任何更動都會使核可失效。請到「核可」讀過並核可。",
        "The text changed since it was approved. It has 0 of 2 approvals of exactly this content; any change voids "
        "an approval. Read it and approve it on the page Sign off.",
    )
