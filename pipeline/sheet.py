"""openpyxl's one door: the cells of a spreadsheet (.xlsx, .ods, .csv) that somebody sends, whatever it is made to do.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from pipeline.printable import printable
from speakers.error import MeetingError

ROWS, COLUMNS, LONGEST = 500, 30, 300
"""What is looked at of a list of people, and characters of a cell."""


@dataclass(frozen=True, slots=True)
class Size:
    """What is looked at of a spreadsheet.

    Attributes:
        rows: of a sheet; one more is refused.
        columns: what stands beyond them is left out.
        longest: characters of a cell; what stands beyond them is left out.
        sheets: what stands on others is left out.
        days: whether a moment is read as its day alone.
        cure: what to do about too many rows.
    """

    rows: int = ROWS
    columns: int = COLUMNS
    longest: int = LONGEST
    sheets: int = 1
    days: bool = True
    cure: str = "Send only the people of this meeting."


PEOPLE = Size()

ZIPPED = b"PK\x03\x04"
"""How a spreadsheet begins that is no text."""

_UNPACKED = 32 << 20
"""Bytes that a file may hold when it is unpacked."""

_PARTS = 500
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

_CURE = "Save the list as .xlsx, .ods or .csv, or copy its cells and paste them."


def cells(data: bytes) -> list[list[str]]:
    r"""The first sheet's cells, as they read.

    Raises:
        MeetingError: If it is no spreadsheet, is damaged, or unpacks to more than a list of people needs.

    >>> cells("姓名,職稱\n沈立言,主持人".encode())
    [['姓名', '職稱'], ['沈立言', '主持人']]
    """
    return sheets(data, PEOPLE)[0]


def sheets(data: bytes, size: Size) -> list[list[list[str]]]:
    """The cells of the first sheets, at least one, as they read; errors as `cells`."""
    try:
        if data[:4] == ZIPPED:
            return [_tidy(rows, size) for rows in _zipped(data, size)]
        text = decoded(data)
        first = text.lstrip("\r\n").partition("\n")[0]
        between = max(",\t;", key=first.count)  # the comma where there is none of them
        return [_tidy(csv.reader(io.StringIO(text), delimiter=between), size)]
    except MeetingError:
        raise
    except Exception as error:  # readers of damaged files raise whatever they like
        raise MeetingError("This is no spreadsheet that can be read.", _CURE) from error


def _tidy(rows: Iterable[Iterable[object]], size: Size) -> list[list[str]]:
    found = []
    for number, row in enumerate(rows):
        if number >= size.rows:
            raise MeetingError(f"The list has more than {size.rows} rows.", size.cure)
        texts = [_read(value, size) for value, _ in zip(row, range(size.columns), strict=False)]
        if any(texts):
            found.append(texts)
    return found


def _read(value: object, size: Size) -> str:
    if isinstance(value, datetime.datetime):
        value = value.date() if size.days else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.time):
        seconds = f":{value.second:02}" if value.second else ""
        return f"{value.hour}:{value.minute:02}{seconds}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value)
    return one_line(text)[: size.longest]


def one_line(text: str) -> str:
    """On one line, without what a terminal would obey."""
    return " ".join(printable(text, " ").split())


def decoded(data: bytes) -> str:
    """A text file's text, whichever of the encodings it is in that Excel and Windows write here.

    Raises:
        MeetingError: If it is no text, or in another encoding.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode("utf-16")
    if b"\0" in data:
        raise MeetingError("This is no spreadsheet that can be read.", _CURE)
    for encoding in ("utf-8-sig", "cp950"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MeetingError("The list is neither UTF-8 nor Big5.", "Save it as UTF-8.")


def _zipped(data: bytes, size: Size) -> Iterator[Iterable[Iterable[object]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "content.xml" in checked(archive, _CURE):
            yield _opened_document(archive.read("content.xml"), size)
            return
    yield from _workbook(data, size)


def checked(archive: zipfile.ZipFile, cure: str) -> tuple[str, ...]:
    """The names in an office document that does nobody any harm when it is read.

    Args:
        archive: the document.
        cure: for errors.

    Raises:
        MeetingError: If it unpacks to too much, or declares entities.
    """
    parts = archive.infolist()
    if len(parts) > _PARTS or sum(p.file_size for p in parts) > _UNPACKED:
        raise MeetingError("The file unpacks to more than it needs.", cure)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and _declares(archive.read(part)):
            raise MeetingError("The file declares entities, which it does not need.", cure)
    return tuple(archive.namelist())


def _declares(xml: bytes) -> bool:
    """Whether XML says what else its names stand for, or is in an encoding in which that could be hidden."""
    return b"\0" in xml or xml[:2] in {b"\xff\xfe", b"\xfe\xff"} or bool(_DECLARES.search(xml))


def _workbook(data: bytes, size: Size) -> Iterator[Iterable[Iterable[object]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    pages: list[Any] = book.worksheets[: size.sheets]
    for sheet in pages:
        sheet.reset_dimensions()  # what it says of its size is nobody's word
        yield sheet.iter_rows(max_row=size.rows + 1, max_col=size.columns, values_only=True)


def _opened_document(xml: bytes, size: Size) -> Iterator[list[str]]:
    spreadsheet = ElementTree.fromstring(xml).find(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table")  # noqa: S314 - `_declares` let it through
    if spreadsheet is None:
        raise MeetingError("This is no spreadsheet that can be read.", _CURE)
    for row in spreadsheet.iter(f"{_TABLE}table-row"):
        texts: list[str] = []
        for cell in row.iter(f"{_TABLE}table-cell"):
            text = "\n".join("".join(p.itertext()) for p in cell.iter(f"{_TEXT}p"))
            again = int(cell.get(f"{_TABLE}number-columns-repeated", "1")) if text else 1
            texts += [text] * min(again, size.columns - len(texts))
        yield texts
