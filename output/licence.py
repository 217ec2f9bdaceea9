"""Under which terms a record may be used, as the formats say it."""

from __future__ import annotations

from redaction.released import Released
from speakers.meeting import Licence

ADDRESSES = {
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.OGDL_TAIWAN: "https://data.gov.tw/license",
}

_NAMES = {
    Licence.CC0: ("CC0 1.0 公眾領域貢獻宣告", "CC0 1.0 Universal"),
    Licence.CC_BY: ("創用 CC 姓名標示 4.0 國際", "Creative Commons Attribution 4.0 International"),
    Licence.OGDL_TAIWAN: (
        "政府資料開放授權條款第 1 版",
        "Open Government Data License, version 1.0 (Taiwan)",
    ),
}


def address(released: Released) -> str:
    """The page of the record's licence."""
    return ADDRESSES[released.licence]


def name(released: Released) -> str:
    """What the record's licence is called, in the language of the record."""
    return _NAMES[released.licence][0 if released.language == "zh" else 1]


def at(url: str) -> Licence:
    """The licence of a page.

    Raises:
        KeyError: If it is none of those that a record may have.
    """
    return {page: licence for licence, page in ADDRESSES.items()}[url]
