"""Files arrive in pieces, whole, and only from whom they belong to; whatever else is sent is refused."""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import io
import os
import shutil
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import uploads
from pipeline.room.accounts import Role
from pipeline.uploads import LASTS_S, LONGEST, MOST, Uploads, ending_of
from tests.conftest import write_wave
from tests.room.conftest import HOST, PASSWORD, Browser

TUS = {"tus-resumable": "1.0.0", "accept": "application/json"}
PIECE = {**TUS, "content-type": "application/offset+octet-stream"}


def begin(browser: Browser, length: int | str, ending: str = ".wav") -> Any:
    metadata = f"ending {base64.b64encode(ending.encode()).decode()}"
    return browser.post(
        "/uploads", headers={**TUS, "upload-length": str(length), "upload-metadata": metadata}
    )


def begun(browser: Browser, length: int, ending: str = ".wav") -> str:
    answer = begin(browser, length, ending)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def patch(browser: Browser, where: str, offset: int | str, data: Any, **headers: str) -> Any:
    given = {**PIECE, "upload-offset": str(offset), **{k.replace("_", "-"): v for k, v in headers.items()}}
    return browser.patch(where, content=data, headers=given)


def offset_of(browser: Browser, where: str) -> int:
    answer = browser.head(where, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def sent(browser: Browser, path: Path, piece: int = 100_000) -> str:
    """A file that was sent to its end, in pieces; its id."""
    data = path.read_bytes()
    where = begun(browser, len(data), path.suffix)
    for at in range(0, len(data), piece):
        assert patch(browser, where, at, data[at : at + piece]).status_code == 204
    return where.rpartition("/")[2]


def test_a_file_arrives_in_pieces_as_it_was(staff: Browser, recording: Path, data: Path) -> None:
    upload_id = sent(staff, recording)
    assert (data / "uploads" / upload_id / "data").read_bytes() == recording.read_bytes()
    looked = staff.post(f"/uploads/{upload_id}/look", headers={"accept": "application/json"}).json()
    assert looked == {"announced_ms": 9000, "written": {}, "meeting": None, "title": None, "job": None}


def test_who_asks_is_told_where_it_goes_on_after_any_interruption(staff: Browser) -> None:
    where = begun(staff, 10)
    assert offset_of(staff, where) == 0
    patch(staff, where, 0, b"0123")
    assert offset_of(staff, where) == 4
    assert patch(staff, where, 4, b"456789").headers["upload-offset"] == "10"


def test_a_connection_cut_in_mid_piece_keeps_what_came(
    staff: Browser, browser: Callable[[], Browser], data: Path
) -> None:
    where = begun(staff, 1000)
    messages = [
        {"type": "http.request", "body": b"x" * 400, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_: object) -> None:
        return None

    cookies = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
    headers = {**PIECE, "upload-offset": "0", "host": "room.test", "origin": HOST, "cookie": cookies}
    headers |= {"x-csrf": staff.headers["x-csrf"], "content-length": "1000"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("testclient", 1),
        "server": ("room.test", 80),
    }
    asyncio.run(staff.app(scope, receive, send))  # type: ignore[arg-type]
    assert offset_of(staff, where) == 400


def test_an_offset_that_does_not_fit_changes_nothing(staff: Browser) -> None:
    where = begun(staff, 10)
    patch(staff, where, 0, b"0123")
    for offset in (0, 3, 5, 10, 99):
        assert patch(staff, where, offset, b"x").status_code == 409
    for offset in ("-1", "", "4.0", "1e3", "4, 4"):
        assert patch(staff, where, offset, b"x").status_code == 400
    assert offset_of(staff, where) == 4


@pytest.mark.parametrize("length", ["-1", "0", "", "abc", "1.5", "9" * 30, str(LONGEST + 1)])
def test_a_length_that_is_none_is_refused(staff: Browser, length: str, data: Path) -> None:
    assert begin(staff, length).status_code == 400
    assert not list((data / "uploads").glob("*"))


def test_more_than_was_announced_is_refused_and_not_kept(staff: Browser) -> None:
    where = begun(staff, 10)
    patch(staff, where, 0, b"0123")
    assert patch(staff, where, 4, b"x" * 7).status_code == 400
    assert offset_of(staff, where) == 4


def test_a_second_writer_waits_for_the_first(
    staff: Browser, browser: Callable[[], Browser], data: Path
) -> None:
    where = begun(staff, 10)
    account = Uploads(data)._read(where.rpartition("/")[2])
    assert account is not None
    writer = Uploads(data).writer(account.owner, account.id, 0)
    writer.write(b"01")
    assert patch(staff, where, 0, b"xx").status_code == 409
    assert staff.delete(where, headers=TUS).status_code == 409
    writer.close(whole=True)
    assert patch(staff, where, 2, b"23").status_code == 204


def test_nobody_touches_somebody_elses_upload(staff: Browser, browser: Callable[[], Browser]) -> None:
    where = begun(staff, 10)
    patch(staff, where, 0, b"0123")
    staff.app.state.room.accounts.add("吳職員", frozenset({Role.STAFF}), PASSWORD)  # type: ignore[attr-defined]
    other = browser().sign_in("吳職員")
    assert other.head(where, headers=TUS).status_code == 404
    assert patch(other, where, 4, b"x").status_code == 404
    assert other.delete(where, headers=TUS).status_code == 404
    assert other.post(f"{where}/look").status_code == 404
    assert offset_of(staff, where) == 4


def test_reviewers_and_strangers_send_nothing(
    reviewer: Browser, browser: Callable[[], Browser], data: Path
) -> None:
    assert begin(reviewer, 10).status_code == 403
    assert begin(browser(), 10).status_code in {401, 403}
    assert not (data / "uploads").exists()


def test_a_piece_needs_the_sessions_token_and_its_own_site(staff: Browser) -> None:
    where = begun(staff, 10)
    assert patch(staff, where, 0, b"x", origin="http://elsewhere.test").status_code == 403
    token = staff.headers.pop("x-csrf")
    assert patch(staff, where, 0, b"x").status_code == 403
    staff.headers["x-csrf"] = token
    assert offset_of(staff, where) == 0


@pytest.mark.parametrize(
    "upload_id",
    ["%2e%2e", "../../etc/passwd", "..%2f..%2fetc", "a" * 32, "A" * 32, "%00" * 8, "x" * 5000, "。"],
)
def test_no_other_id_leads_anywhere(staff: Browser, upload_id: str) -> None:
    assert staff.head(f"/uploads/{upload_id}", headers=TUS).status_code in {400, 404}
    assert patch(staff, f"/uploads/{upload_id}", 0, b"x").status_code in {400, 404, 405}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.WAV", ".wav"),
        ("../../../etc/cron.d/x", ""),
        ("a.wav\0.toml", ".toml"),
        ("a.\u202evaw", ""),
        ("x" * 300 + ".m4a", ".m4a"),
        ("a." + "b" * 300, ""),
        (".mp4", ".mp4"),
        ("蔡佩珊.蔡佩珊", ""),
        ("a.m/p3", ""),
        ("", ""),
    ],
)
def test_of_a_name_only_a_plain_ending_is_kept(staff: Browser, data: Path, name: str, kept: str) -> None:
    assert ending_of(name) == kept
    where = begun(staff, 10, name)
    folder = data / "uploads" / where.rpartition("/")[2]
    assert sorted(p.name for p in folder.iterdir()) == ["data", "upload.json"]
    assert f'"ending": "{kept}"' in (folder / "upload.json").read_text()


def test_a_damaged_piece_is_not_kept(staff: Browser) -> None:
    where = begun(staff, 10)
    right = base64.b64encode(hashlib.sha256(b"0123").digest()).decode()
    assert patch(staff, where, 0, b"0124", upload_checksum=f"sha256 {right}").status_code == 460
    assert offset_of(staff, where) == 0
    assert patch(staff, where, 0, b"0123", upload_checksum=f"sha256 {right}").status_code == 204
    for nonsense in ("crc32 AAAA", "sha256 ###", "sha256"):
        assert patch(staff, where, 4, b"x", upload_checksum=nonsense).status_code == 400


def test_no_more_is_begun_than_the_disk_has_room_for(staff: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 3500, 3500))
    first = begin(staff, 1000)
    assert first.status_code == 201
    second = begin(staff, 1000)
    assert second.status_code == 507
    assert "room" in second.json()["error"]


def test_a_disk_that_fills_up_meanwhile_keeps_what_fits(
    staff: Browser, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = begun(staff, 10)
    full = OSError(errno.ENOSPC, "full")

    class Full(io.FileIO):
        def write(self, block: Any) -> int:
            if self.tell() >= 4:
                raise full
            return super().write(bytes(block)[:4])

    opening = uploads.Uploads.writer

    def writer(self: Uploads, *arguments: Any) -> uploads.Writer:
        made = opening(self, *arguments)
        with made._file as file:
            made._file = Full(os.dup(file.fileno()), "r+b")  # type: ignore[assignment]
        return made

    with monkeypatch.context() as patched:
        patched.setattr(uploads.Uploads, "writer", writer)
        answer = patch(staff, where, 0, b"0123456789")
    assert answer.status_code == 507
    assert offset_of(staff, where) == 4
    assert patch(staff, where, 4, b"456789").status_code == 204


def test_an_account_has_only_so_many_at_once_and_may_give_some_up(staff: Browser) -> None:
    places = [begun(staff, 10) for _ in range(MOST)]
    assert begin(staff, 10).status_code == 400
    assert staff.delete(places[0], headers=TUS).status_code == 204
    assert staff.head(places[0], headers=TUS).status_code == 404
    assert begin(staff, 10).status_code == 201


def test_what_nobody_goes_on_with_is_deleted(staff: Browser, data: Path) -> None:
    where = begun(staff, 10)
    folder = data / "uploads" / where.rpartition("/")[2]
    old = time.time() - LASTS_S - 1
    os.utime(folder / "data", (old, old))
    assert staff.head(where, headers=TUS).status_code == 404
    assert patch(staff, where, 0, b"x").status_code == 404
    begun(staff, 10)
    assert not folder.exists()


def test_another_version_of_the_protocol_is_told_ours(staff: Browser) -> None:
    answer = staff.post("/uploads", headers={"tus-resumable": "0.2.2", "upload-length": "10"})
    assert answer.status_code == 412
    assert answer.headers["tus-version"] == "1.0.0"


@pytest.mark.parametrize("ending", [".wav", ".toml", ".html", ".mp4", ""])
def test_what_is_no_recording_is_said_to_be_none_and_deleted(
    staff: Browser, data: Path, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"x{ending}"
    path.write_text("<script>alert(1)</script> title = 1")
    upload_id = sent(staff, path)
    answer = staff.post(f"/uploads/{upload_id}/look", headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["exit_code"] == 3
    assert not (data / "uploads" / upload_id).exists()


def test_a_part_of_a_file_is_not_looked_at(staff: Browser) -> None:
    where = begun(staff, 10)
    patch(staff, where, 0, b"0123")
    assert staff.post(f"{where}/look").status_code == 409


def test_a_header_that_promises_100_hours_takes_neither_memory_nor_disk(
    staff: Browser, tmp_path: Path, data: Path
) -> None:
    path = write_wave(tmp_path / "long.wav", 1.0)
    whole = bytearray(path.read_bytes())
    promised = 100 * 3600 * 4000
    whole[4:8] = (promised + 36).to_bytes(4, "little")
    whole[40:44] = promised.to_bytes(4, "little")
    path.write_bytes(whole)
    upload_id = sent(staff, path)
    looked = staff.post(f"/uploads/{upload_id}/look", headers={"accept": "application/json"})
    assert looked.status_code == 200
    assert shutil.disk_usage(data).free > 0
    assert sum(p.stat().st_size for p in data.rglob("*") if p.is_file()) < 1_000_000


def test_a_large_file_is_never_held_in_memory(data: Path) -> None:
    store = Uploads(data)
    made = store.create(1, 64 << 20, ".wav")
    writer = store.writer(1, made.id, 0)
    block = bytes(1 << 20)
    for _ in range(64):
        writer.write(block)
    assert writer.close(whole=True) == 64 << 20
    assert store.upload(1, made.id).whole
