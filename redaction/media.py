"""What sound, video and pictures carry beside what is heard and seen: tags, chapters, captions."""

from __future__ import annotations

import io
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import av

Bytes = bytes | mmap.mmap
SOUND_MAGIC = (
    (0, b"ID3"), (0, b"OggS"), (0, b"fLaC"), (0, b"RIFF"), (0, b"RF64"), (0, b"FORM"), (4, b"ftyp"),
    (4, b"moov"),
    (0, b"\x1aE\xdf\xa3"), (0, b"\x30\x26\xb2\x75"), (0, b"ADIF"), (0, b"caff"), (0, b"FLV\x01"),
    (0, b"#!AMR"),    (0, b"wvpk"), (0, b"APETAGEX"),
)  # fmt: skip
INFLATED_AT_MOST = 64 << 20
TEXT_FRAMES_AT_MOST = 1 << 20


class CannotLookError(Exception):
    """A container that is broken, locked, or of a kind that nobody here understands. Carries no content."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something inside a container.

    Attributes:
        label: where, as it follows the container's name: "!b.txt", " tag TIT2". May hold a leak until shown.
        content: text that was read, or bytes that are a file of their own.
        name: whether `content` is a name or a key, so that what is found in it is found in a name.
    """

    label: str
    content: str | bytes = field(repr=False)
    name: bool = False


def is_sound(head: bytes) -> bool:
    """Whether the first bytes are those of sound or video that PyAV can be asked about."""
    if any(head[at : at + len(magic)] == magic for at, magic in SOUND_MAGIC):
        return head[8:12] != b"WEBP"
    synced = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return synced and head[1] & 0x18 != 0x08 and head[2] & 0xF0 != 0xF0 and not head.startswith(b"\xff\xfe")


def sound(data: Bytes) -> Iterator[Part]:
    """Tags of the file, of every stream and chapter, text of caption tracks, pictures and attachments.

    Raises:
        CannotLookError: If PyAV cannot open it.
    """
    yield from _id3(data)
    yield from _tail(data)
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    if isinstance(source, mmap.mmap):
        source.seek(0)
    try:
        with av.open(source, "r", metadata_errors="replace") as container:
            yield from _tags("", container.metadata)
            for number, chapter in enumerate(container.chapters(), 1):
                yield from _tags(f" chapter {number}", chapter["metadata"])
            for stream in container.streams:
                label = f" stream {stream.index}"
                yield from _tags(label, stream.metadata)
                extra = getattr(getattr(stream, "codec_context", None), "extradata", None)
                if extra:
                    yield Part(f"{label} header", bytes(extra))
            told = [
                s for s in container.streams if s.type in {"subtitle", "data", "attachment"} or _picture(s)
            ]
            if wanted := [s for s in told if s.type != "attachment"]:
                yield from _packets(container, wanted)
            for stream in (s for s in told if s.type == "attachment"):
                yield Part(f" attachment {stream.index}", bytes(getattr(stream, "data", b"") or b""))
    except (av.FFmpegError, OSError, ValueError, IndexError, KeyError) as error:
        raise CannotLookError from error


def _picture(stream: object) -> bool:
    return "attached_pic" in str(getattr(stream, "disposition", "")).lower()


def _tags(label: str, tags: dict[str, str]) -> Iterator[Part]:
    for key, value in tags.items():
        yield Part(f"{label} tag {key}", key, name=True)
        yield Part(f"{label} tag {key}", value)
        repaired = value.encode("latin-1", "ignore")  # Big5 in a tag that says it is Latin-1
        if repaired and not value.isascii():
            yield Part(f"{label} tag {key}", repaired)


def _packets(container: av.container.InputContainer, streams: list[av.stream.Stream]) -> Iterator[Part]:
    """Caption text joined per track, one packet a line and again in a row; pictures one by one."""
    texts: dict[int, list[str]] = {}
    for packet in container.demux(streams):
        data = bytes(packet)
        if not data:
            continue
        if packet.stream.type == "video":
            yield Part(f" picture in stream {packet.stream.index}", data)
            continue
        # mov_text says its length in two bytes before the text.
        body = data[2:] if len(data) > 2 and int.from_bytes(data[:2], "big") <= len(data) - 2 else data
        if body.startswith(b"\xfe\xff"):
            texts.setdefault(packet.stream.index, []).append(body.decode("utf-16", "replace"))
        else:
            texts.setdefault(packet.stream.index, []).append(body.decode("utf-8", "replace"))
    for index, lines in texts.items():
        yield Part(f" captions in stream {index}", "\n".join(lines))
        cues = "".join(f"00:00.000 --> 00:01.000\n{line}\n\n" for line in lines)
        yield Part(f" captions in stream {index}", cues)


def _synchsafe(four: bytes) -> int:
    return (four[0] & 127) << 21 | (four[1] & 127) << 14 | (four[2] & 127) << 7 | four[3] & 127


def _id3(data: Bytes) -> Iterator[Part]:
    """Frames of an ID3v2 tag at the start, each in every encoding, whatever it says it is in."""
    if data[:3] != b"ID3" or len(data) < 10:
        return
    version, flags = data[3], data[5]
    tag = data[10 : 10 + min(_synchsafe(data[6:10]), INFLATED_AT_MOST)]
    if flags & 0x80:
        tag = tag.replace(b"\xff\x00", b"\xff")
    at, head = 0, 6 if version == 2 else 10
    while at + head <= len(tag) and tag[at] != 0:
        name = tag[at : at + head // 3 + (head == 10)].decode("latin-1")
        size = (
            int.from_bytes(tag[at + 3 : at + 6], "big")
            if version == 2
            else int.from_bytes(tag[at + 4 : at + 8], "big")
        )
        if version == 4:
            size = _synchsafe(tag[at + 4 : at + 8])
        body = tag[at + head : at + head + size]
        packed = head == 10 and tag[at + 9] & (0x08 if version == 4 else 0x80)
        if packed:
            body = inflated(body[4:])
        yield from _frame(f" tag {name}", body)
        at += head + max(size, 1)


def _frame(label: str, body: bytes) -> Iterator[Part]:
    for magic in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"PK\3\4", b"%PDF-"):
        if (at := body.find(magic, 0, 4096)) >= 0:
            yield Part(f"{label} picture", body[at:])
            break
    if len(body) > TEXT_FRAMES_AT_MOST:
        return  # a picture: PyAV shows it, and the raw search covers it
    for start in (0, 1, 4):  # bare, after the encoding byte, and after a comment's language too
        for codec in ("utf-16-le", "utf-16-be"):
            yield Part(label, body[start : start + (len(body) - start) // 2 * 2].decode(codec, "replace"))
    if label.endswith("SYLT"):
        yield from _timed(label, body)
    for piece in body[1:].split(b"\0"):
        for codec in ("utf-8", "cp950", "gb18030"):
            yield Part(label, piece.decode(codec, "replace"))


def _timed(label: str, body: bytes) -> Iterator[Part]:
    """Lyrics of which every syllable has its time, in a row: text, its end, four bytes of time; a heading first."""
    codec, end = (("utf-16", b"\0\0"), ("utf-16-be", b"\0\0"), ("utf-8", b"\0"))[min(max(body[0], 1), 3) - 1]
    step, at, row = len(end), 6, []
    while at < len(body):
        closing = next((n for n in range(at, len(body) - step + 1, step) if body[n : n + step] == end), None)
        if closing is None:
            break
        row.append(body[at:closing].decode(codec, "replace"))
        at = closing + step + (4 if len(row) > 1 else 0)
    yield from (Part(label, text) for text in (*row[:1], "".join(row[1:])))


def _tail(data: Bytes) -> Iterator[Part]:
    """ID3v1 in the last 128 bytes, and an APEv2 tag before it or at the end."""
    tail = data[-128:]
    if tail[:3] == b"TAG":
        for start, end in ((3, 33), (33, 63), (63, 93), (97, 127)):
            for codec in ("utf-8", "cp950", "gb18030"):
                yield Part(" ID3v1 tag", tail[start:end].rstrip(b"\0 ").decode(codec, "replace"))
    closing = data[-65536:]
    start = closing.find(b"APETAGEX")
    if start >= 0:
        for piece in closing[start:].split(b"\0"):
            for codec in ("utf-8", "cp950"):
                yield Part(" APEv2 tag", piece.decode(codec, "replace"))


def inflated(data: bytes, *, window: int = 15) -> bytes:
    """Deflated bytes, opened, up to a limit.

    Raises:
        CannotLookError: If they are not deflated, or larger than the limit.
    """
    opener = zlib.decompressobj(window)
    try:
        opened = opener.decompress(data, INFLATED_AT_MOST)
    except zlib.error as error:
        raise CannotLookError from error
    if opener.unconsumed_tail:
        raise CannotLookError
    return opened
