"""A list of people, as somebody pastes it or has it in a spreadsheet, becomes rows of the form, to be checked."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import aside
from pipeline.form import split
from pipeline.sheet import ROWS
from speakers.error import MeetingError, StageError
from speakers.meeting import Wish

UNCLEAR = "?"
"""In the place of a wish that nobody understands: it has to be chosen before the list counts."""

_TIMEOUT_S = 30

_HEADINGS = {
    "name": "姓名 名字 與會者 發言者 出席者 name fullname participant speaker",
    "role": "職稱 角色 身分 身份 單位 機關 單位職稱 服務單位 role title position organisation organization affiliation",
    "aliases": "別名 別稱 暱稱 綽號 稱呼 其他名字 英文名 網名 alias aliases nickname nicknames alsoknownas othernames",
    "wish": "意願 公開意願 具名意願 是否具名 是否公開 是否匿名 匿名 wish consent anonymity anonymous",
    "heard_at": "發言時間 時間點 時間 heard_at heardat time timestamp",
    "label": "代稱 化名 假名 公開名稱 label pseudonym",
}
"""What heads a column, without spaces and brackets."""

_WISHES = {
    Wish.NAMED: ("named", "具名", "公開", "公開姓名", "同意具名", "同意公開", "實名"),
    Wish.ANONYMOUS: ("anonymous", "匿名", "化名", "代稱", "要匿名", "希望匿名"),
    Wish.UNNAMED: ("not named", "unnamed", "不具名", "不公開姓名", "不願具名"),
    Wish.NOT_RECORDED: ("not recorded", "不列入紀錄", "不列入記錄", "不紀錄", "不記錄", "不公開發言"),
}

_BRACKETS = re.compile(r"[（(].*?[)）]")


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as a list has them.

    Attributes:
        name: of the person.
        role: likewise.
        aliases: joined with 、.
        wish: a `Wish`, nothing for the usual one, or UNCLEAR.
        heard_at: as it was written.
        label: likewise.
    """

    name: str
    role: str = ""
    aliases: str = ""
    wish: str = ""
    heard_at: str = ""
    label: str = ""


def pasted(text: str) -> tuple[Listed, ...]:
    r"""The people of a pasted list: one a line; between columns a tab, a comma, or 、.

    Raises:
        MeetingError: If nobody is in it, or too many.

    >>> pasted("沈立言、主持人\n蔡佩珊、飼主、匿名")[1].wish
    'anonymous'
    """
    lines = [line for line in text.replace("\0", "").splitlines() if line.strip()]
    between = next((d for d in "\t,，;；、" if any(d in line for line in lines)), "\u3000")
    return listed(
        [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=between)
        ]
    )


def sent(sheet: bytes) -> tuple[Listed, ...]:
    """The people of a spreadsheet, which is opened in a process of its own.

    Raises:
        MeetingError: If it cannot be read, nobody is in it, or too many.
    """
    task = {"task": "sheet", "sheet": base64.b64encode(sheet).decode("ascii"), "settings": {"data": ""}}
    try:
        return listed(aside.ask(task, _TIMEOUT_S)["rows"])
    except MeetingError:
        raise
    except StageError as error:
        raise MeetingError(
            "The spreadsheet cannot be read within the memory and time that a list of people needs.",
            "Copy its cells and paste them.",
        ) from error


def listed(rows: Sequence[Sequence[str]]) -> tuple[Listed, ...]:
    """The people of a table, with or without headings.

    Raises:
        MeetingError: If nobody is in it, or too many.

    >>> listed([["職稱", "姓名"], ["科長", "林志明"]])
    (Listed(name='林志明', role='科長', aliases='', wish='', heard_at='', label=''),)
    """
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    at = next((n for n, row in enumerate(rows[:10]) if "name" in _headed(row).values()), None)
    if at is None:
        people = [_unheaded(row) for row in rows]
    else:
        columns = _headed(rows[at])
        people = [_headed_row(row, columns) for row in rows[at + 1 :]]
    people = [p for p in people if p.name]
    if not people:
        raise MeetingError(
            "Nobody is in this list.", "Write one person a line, the name first, then role and wish."
        )
    if len(people) > ROWS:
        raise MeetingError(f"The list has more than {ROWS} rows.", "Send only the people of this meeting.")
    return tuple(people)


def _headed(row: Sequence[str]) -> dict[int, str]:
    """Which column holds what; the first one of a kind counts."""
    found: dict[int, str] = {}
    for number, cell in enumerate(row):
        said = "".join(_BRACKETS.sub("", cell).lower().split()).strip("*：:")
        for key, words in _HEADINGS.items():
            if said in words.split() and key not in found.values():
                found[number] = key
    return found


def _headed_row(row: Sequence[str], columns: dict[int, str]) -> Listed:
    values = {key: row[n].strip() for n, key in columns.items() if n < len(row)}
    return Listed(
        name=values.get("name", ""),
        role=values.get("role", ""),
        aliases="、".join(split(values.get("aliases", ""))),
        wish=wish_of(values.get("wish", "")),
        heard_at="、".join(split(values.get("heard_at", ""))),
        label=values.get("label", ""),
    )


def _unheaded(row: Sequence[str]) -> Listed:
    """Somebody on a line without headings: the name, the role; a wish is known by its words, what is left are names."""
    name, *others = [cell.strip() for cell in row if cell.strip()]
    wish = next((w for cell in others if (w := wish_of(cell)) not in {"", UNCLEAR}), "")
    others = [cell for cell in others if wish_of(cell) in {"", UNCLEAR}]
    moments = [cell for cell in others if re.fullmatch(r"[\d:.]+", cell) and ":" in cell]
    others = [cell for cell in others if cell not in moments]
    return Listed(name, others[0] if others else "", "、".join(others[1:]), wish, "、".join(moments))


def wish_of(said: str) -> str:
    """A wish as people write it; UNCLEAR where it is none of the words for one.

    >>> wish_of("不具名"), wish_of("Anonymous"), wish_of("再想想"), wish_of("")
    ('not named', 'anonymous', '?', '')
    """
    plain = " ".join(_BRACKETS.sub("", said).lower().split())
    if not plain:
        return ""
    return next((wish.value for wish, words in _WISHES.items() if plain in words), UNCLEAR)
