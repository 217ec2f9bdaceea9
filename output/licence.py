"""Under which terms a record may be used, as the formats say it."""

from __future__ import annotations

from output.paragraph import readable
from output.words import chosen
from redaction.released import Released
from speakers.meeting import Licence

ADDRESSES = {
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.OGDL_TAIWAN: "https://data.gov.tw/license",
}

_NAMES = {
    Licence.CC0: {"zh": "CC0 1.0 公眾領域貢獻宣告", "en": "CC0 1.0 Universal"},
    Licence.CC_BY: {
        "zh": "創用 CC 姓名標示 4.0 國際",
        "en": "Creative Commons Attribution 4.0 International",
    },
    Licence.OGDL_TAIWAN: {
        "zh": "政府資料開放授權條款第 1 版",
        "en": "Open Government Data License, version 1.0 (Taiwan)",
    },
}


def address(released: Released) -> str:
    """The page of the record's licence."""
    return ADDRESSES[released.licence]


def name(released: Released) -> str:
    """What the record's licence is called, in the language of the record."""
    return chosen(_NAMES[released.licence], released.language)


def line(released: Released) -> str:
    """Name and page on one line, for formats that know no links."""
    return f"{name(released)} {address(released)}"


def tags(released: Released) -> dict[str, str]:
    """What sound and video say of themselves, as FFmpeg calls it: what it is, and under which licence."""
    title = readable(released.heading)
    return {"title": title, "copyright": line(released), "license": address(released)}


def at(url: str) -> Licence:
    """The licence of a page.

    Raises:
        KeyError: If it is none of those that a record may have.
    """
    return {page: licence for licence, page in ADDRESSES.items()}[url]
