"""Whatever the room says is said in Chinese first, with English beside it."""

import re

from starlette.testclient import TestClient

PAGE = {"accept": "text/html"}


def test_an_error_page_is_chinese_first_with_english_beside_it(reviewer: TestClient) -> None:
    answer = reviewer.get("/nowhere", headers=PAGE)
    assert re.search(
        r'<span class="zh">沒有這個頁面。請回到「會議」頁面。</span> '
        r'<span class="en" lang="en">There is no such page. Go back to the first page.</span>',
        answer.text,
    )


def test_an_error_for_scripts_is_in_both_languages(reviewer: TestClient) -> None:
    said = reviewer.get("/nowhere", headers={"accept": "application/json"}).json()
    assert (said["error_zh"], said["cure_zh"]) == ("沒有這個頁面。", "請回到「會議」頁面。")
    assert (said["error"], said["cure"]) == ("There is no such page.", "Go back to the first page.")
