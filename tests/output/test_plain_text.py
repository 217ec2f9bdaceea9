from __future__ import annotations

from output import plain_text
from redaction.released import PublicSpeaker


def test_it_reads_as_a_record(released):
    text = plain_text.serialize(released).decode()
    assert text.startswith(
        "2024-05-01 開放政府會議\n\n"
        "日期：2024-05-01\n地點：臺北\n案號：A-1\n連結：現場錄影 https://example.org/v?a=1&b=2\n"
        "授權：CC0 1.0 公眾領域貢獻宣告 https://creativecommons.org/publicdomain/zero/1.0/\n"
        "發言者：高慧敏（交通局）、參與者 1\n\n"
        "高慧敏：各位好，今天談開放政府。\n\n參與者 1：我住在［地址］，<不方便>說。\n\n"
    )
    assert "註：以編號" in text


def test_there_is_no_note_where_nobody_is_masked(make):
    named = [PublicSpeaker("Ann Lee", "Ann Lee", "Chair", named=True)]
    text = plain_text.serialize(
        make([(0, "Hello.")], named, language="en", hidden=(), place="", case="", links=())
    )
    assert text.decode() == (
        "2024-05-01 開放政府會議\n\nDate: 2024-05-01\n"
        "Licence: CC0 1.0 Universal https://creativecommons.org/publicdomain/zero/1.0/\n"
        "Speakers: Ann Lee (Chair)\n\nAnn Lee: Hello.\n"
    )


def test_a_role_beside_a_label_is_never_written(make):
    text = plain_text.serialize(make([(0, "好")], [PublicSpeaker("參與者 1", "P1", "交通局長", named=False)]))
    assert "交通局長" not in text.decode()


def test_paragraphs_are_not_wrapped(make):
    assert f"高慧敏：{'長' * 5000}\n" in plain_text.serialize(make([(0, "長" * 5000)])).decode()
