"""What the licence of a record is called, and where its text stands."""

from __future__ import annotations

from redaction.released import Released
from speakers.meeting import Licence

_NAMES = {
    Licence.CC0: {"zh": "CC0 1.0 公眾領域貢獻宣告", "en": "CC0 1.0 Universal (public domain dedication)"},
    Licence.CC_BY: {
        "zh": "創用 CC 姓名標示 4.0 國際",
        "en": "Creative Commons Attribution 4.0 International",
    },
    Licence.OGDL_TAIWAN: {
        "zh": "政府資料開放授權條款－第 1 版",
        "en": "Open Government Data License, Taiwan, version 1.0",
    },
}

_ADDRESSES = {
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.OGDL_TAIWAN: "https://data.gov.tw/license",
}


def name(released: Released) -> str:
    """As people read it, in the language of the record."""
    return _NAMES[released.licence]["zh" if released.language == "zh" else "en"]


def address(released: Released) -> str:
    """Where its text stands."""
    return _ADDRESSES[released.licence]
