"""An append-only file of JSON lines, each bound to the one before by its hash, with a head beside it.

The chain shows what was changed within; the head, which says how far the file goes, shows what was cut off its end.
Both can be forged by somebody who sets out to: they tell of accidents and of quick hands.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Generic, Protocol, TypeVar

from redaction.lines import AT_ONCE_BYTES, lines_backwards, write_whole
from speakers.disk import storage_error, sync
from speakers.error import LedgerError, RecordError
from speakers.record import digest


class Link(Protocol):
    """A dataclass that is a line of such a file; `seq` counts from 0, `hash` is of everything else in it."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seq(self) -> int: ...  # noqa: D102 - said above
    @property
    def previous(self) -> str: ...  # noqa: D102 - the hash of the link before
    @property
    def hash(self) -> str: ...  # noqa: D102 - said above


L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True)
class _Head:
    """How far a file went when it was last written: its last link, -1 before the first."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Known(Generic[L]):
    """What was read of a file.

    Attributes:
        links: all of it, checked.
        end: bytes of the file that they take.
        stamp: inode, size and time of its last change.
        last: the last line, with its end.
    """

    links: tuple[L, ...]
    end: int
    stamp: tuple[int, int, int]
    last: bytes


def _stamp(file: io.FileIO | BinaryIO) -> tuple[int, int, int]:
    seen = os.fstat(file.fileno())
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Chain(Generic[L]):
    """What a kind of such files holds.

    Attributes:
        origin: what the first link follows.
        before_heads: what it followed as long as there were no heads; such a file is read without. Empty: never.
        load: a link from the values of its line; raises ValueError, TypeError, KeyError or RecordError.
        values: of a link's line, in their order.
        lost: what nobody can say when the head is gone, as half a sentence.
        restore: what to do about a broken one.
    """

    origin: str
    load: Callable[[dict[str, Any]], L]
    values: Callable[[L], dict[str, Any]]
    lost: str
    restore: str
    before_heads: str = ""

    def read(self, path: Path) -> tuple[L, ...]:
        """Every link, after checking that each follows the one before.

        A last line without an end was never acknowledged to anybody (power went away while it was written) and does
        not count.

        Raises:
            LedgerError: If a line was changed, taken out, cut off, or put in.
        """
        return self.read_on(path, None).links

    def read_on(self, path: Path, known: Known[L] | None) -> Known[L]:
        """The same, for who read it before: only what was added is checked.

        All of it is checked again where the file is another one, shorter, of another date without being longer, or its
        last known line is not where it was.
        """
        for _ in range(2):
            head = self._head(path)  # first: whoever appends meanwhile writes it last
            try:
                with path.open("rb") as file:
                    found = self._followed(path, file, known)
            except FileNotFoundError:
                found = Known((), 0, (0, 0, 0), b"")
            except (OSError, UnicodeDecodeError) as error:
                raise LedgerError(f"{path} cannot be read.", "Restore it from a backup.") from error
            if head is not None or not found.links:
                break  # else the very first link may have been written meanwhile, after its head
        self._reaches(path, found.links, head)
        return found

    def _followed(self, path: Path, file: BinaryIO, known: Known[L] | None) -> Known[L]:
        stamp = _stamp(file)
        if known is not None and stamp == known.stamp:
            return known
        begin = known.end - len(known.last) if known is not None else 0
        file.seek(begin)
        data = file.read()
        same = known is not None and stamp[0] == known.stamp[0] and stamp[1] > known.end
        if known is None or not same or not data.startswith(known.last):
            file.seek(0)
            known, begin, data = Known((), 0, stamp, b""), 0, file.read() if begin else data
        whole, newline, torn = data[known.end - begin :].rpartition(b"\n")
        links = [*known.links]
        lines = whole.decode("utf-8").split("\n") if newline else []
        for line in lines:
            link = self._parsed(path, line, len(links))
            follows = {links[-1].hash} if links else {self.origin, self.before_heads or self.origin}
            if link.seq != len(links) or link.previous not in follows:
                raise self._broken(path, len(links))
            links.append(link)
        if _longer_than_a_link(torn.decode("utf-8", "replace")):
            raise self._broken(path, len(links))
        last = lines[-1].encode("utf-8") + newline if lines else known.last
        return Known(tuple(links), known.end + len(whole) + len(newline), stamp, last)

    @staticmethod
    def is_as_known(path: Path, known: Known[L] | None) -> bool:
        """Whether a file was not touched since it was read; its head is not looked at."""
        try:
            seen = path.stat()
        except OSError:
            return False
        return known is not None and known.stamp == (seen.st_ino, seen.st_size, seen.st_mtime_ns)

    def append(
        self, path: Path, make: Callable[[Sequence[L]], Iterable[L]], known: Known[L] | None = None
    ) -> Known[L]:
        """Add links at the end, together or not at all, and have them on disk before returning.

        Args:
            path: of the file; made if it is not there.
            make: the new ones, from those that are there; their `seq`, `previous` and `hash` are set here. Nobody
                else appends meanwhile. What it raises leaves the file as it was.
            known: what was read of it before, as in `read_on`.

        Returns:
            All links.

        Raises:
            LedgerError: If the file is broken.
            UnicodeEncodeError: If a link holds half a character.
            OSError: If it cannot be written; nothing is recorded then.
        """
        is_new = not path.exists()
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            untouched = known is not None and known.stamp == _stamp(file)
            before = known if known is not None and untouched else self.read_on(path, known)
            links = [*before.links]
            for unsealed in make(before.links):
                links.append(self._sealed(unsealed, links[-1] if links else None))
            if not before.links:  # from now on a file without a head has lost it
                self._write_head(path, None)
            if before.stamp[1] != before.end:
                file.truncate(before.end)
            lines = [(self._line(link) + "\n").encode("utf-8") for link in links[len(before.links) :]]
            data = b"".join(lines)
            write_whole(file, data, before.end, partial(self._write_head, path, links[-1] if links else None))
            if is_new:  # the words are on the disk, and so has to be the name under which they are found
                sync(path.parent)
            last = lines[-1] if lines else before.last
            return Known(tuple(links), before.end + len(data), _stamp(file), last)

    def note(self, path: Path, *links: L) -> tuple[L, ...]:
        """As `append`, of links that are made already, at least one; gives these as they were written.

        Raises:
            StorageError: If it cannot be written; nothing is recorded then.
        """
        try:
            return self.append(path, lambda _: links).links[-len(links) :]
        except OSError as error:
            raise storage_error(path, error) from error

    def add(self, path: Path, link: L, *, lasting: bool = True) -> L:
        """Add one link, looking at the last one only: for files that grow long and are seldom read.

        Args:
            path: of the file; made if it is not there.
            link: its `seq`, `previous` and `hash` are set here.
            lasting: have it on disk, and in the head, before returning. Otherwise a power cut may lose it with
                whatever follows it.

        Returns:
            The link as it was written.

        Raises:
            LedgerError: If the end of the file is broken.
            UnicodeEncodeError: If the link holds half a character.
            OSError: If it cannot be written; nothing is recorded then.
        """
        is_new = not path.exists()
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                path.chmod(0o600)
            last, whole = self._last(path, file)
            sealed = self._sealed(link, last)
            data = (self._line(sealed) + "\n").encode("utf-8")
            if last is None:
                self._write_head(path, None)
            file.truncate(whole)
            if lasting:
                write_whole(file, data, whole, partial(self._write_head, path, sealed))
            else:
                write_whole(file, data, whole, lasting=False)
            if is_new:
                sync(path.parent)
        return sealed

    def backwards(
        self, path: Path, end: int | None = None, holding: Sequence[bytes] = ()
    ) -> Iterator[tuple[int, L]]:
        """The links from the last one back, each with the byte where its line begins.

        Args:
            path: of the file.
            end: begin before this byte, where a line begins; None for the end of the file.
            holding: leave out lines without all of these; what stands between the others is not looked at.

        Raises:
            LedgerError: If a line was changed, or one does not follow the one before.
        """
        try:
            with path.open("rb") as file:
                follows: str | None = None
                for place, line in lines_backwards(file, end):
                    if not all(words in line for words in holding):
                        continue
                    link = self._parsed(path, line.decode("utf-8", "replace"), 0)
                    if not holding and follows is not None and link.hash != follows:
                        raise self._broken(path, link.seq + 1)
                    follows = link.previous
                    yield place, link
        except FileNotFoundError:
            return
        except OSError as error:
            raise LedgerError(f"{path} cannot be read.", self.restore) from error

    @staticmethod
    def begins(path: Path, place: int) -> bool:
        """Whether a line begins at a byte, after another one."""
        try:
            with path.open("rb") as file:
                file.seek(max(0, place - 1))
                return file.read(1) == b"\n"
        except OSError:
            return False

    def forwards(self, path: Path, begin: int) -> Iterator[L]:
        """Some links after a byte where a line begins, as many as one look takes in; unchecked against each other."""
        with path.open("rb") as file:
            file.seek(begin)
            lines = file.read(AT_ONCE_BYTES).split(b"\n")[:-1]
        yield from (self._parsed(path, line.decode("utf-8", "replace"), 0) for line in lines)

    def _last(self, path: Path, file: io.FileIO) -> tuple[L | None, int]:
        """The last link of a file, and where it ends."""
        head = self._head(path)
        size = file.seek(0, os.SEEK_END)
        begin = max(0, size - AT_ONCE_BYTES)
        file.seek(begin)
        block, newline, torn = file.read().rpartition(b"\n")
        whole = size - len(torn)
        if not newline:
            if begin or (head is not None and head.seq >= 0):
                raise LedgerError(f"{path} was cut off.", self.restore)
            return None, 0
        line = block.rpartition(b"\n")[2].decode("utf-8", "replace")
        seq = max(head.seq, 0) if head else 0
        link = self._parsed(path, line, seq)
        if head is None:
            raise self._headless(path)
        if link.seq < head.seq:
            raise LedgerError(f"{path} was cut off after entry {link.seq} of {head.seq}.", self.restore)
        if _longer_than_a_link(torn.decode("utf-8", "replace")) or (
            link.seq == head.seq and link.hash != head.hash
        ):
            raise self._broken(path, link.seq)
        return link, whole

    def _sealed(self, unsealed: L, last: L | None) -> L:
        seq, previous = (0, self.origin) if last is None else (last.seq + 1, last.hash)
        placed = replace(unsealed, seq=seq, previous=previous, hash="")
        return replace(placed, hash=_hash(self.values(placed)))

    def _line(self, link: L) -> str:
        return json.dumps(self.values(link), ensure_ascii=False)

    def _parsed(self, path: Path, line: str, seq: int) -> L:
        """The link of a line; `seq` is the one to name if it is none."""
        try:
            values: dict[str, Any] = json.loads(line)
            link = self.load(values)
            right, written = _hash(values), self._line(link)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RecordError) as error:
            raise self._broken(path, seq) from error
        if link.hash != right or written != line:
            raise self._broken(path, seq)
        return link

    def _head(self, path: Path) -> _Head | None:
        """What the head says; None if there is none.

        Raises:
            LedgerError: If it says nothing that can be understood.
        """
        try:
            seq, said = _head_path(path).read_text(encoding="ascii").split()
            return _Head(int(seq), said)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise LedgerError(f"{_head_path(path)} cannot be read.", self.restore) from error

    def _write_head(self, path: Path, last: L | None) -> None:
        """Replace the head in one step.

        The folder is not put on the disk: a power cut may bring the head before this one back, which is only behind.

        Raises:
            OSError: If the disk refuses; the old one stays then.
        """
        said = f"{last.seq} {last.hash}\n" if last is not None else f"-1 {self.origin}\n"
        temporary = _head_path(path).with_suffix(".head.part")
        with temporary.open("wb") as file:
            file.write(said.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(_head_path(path))

    def _reaches(self, path: Path, links: Sequence[L], head: _Head | None) -> None:
        """Refuse a file that does not go as far as its head says; one that goes further was killed in between."""
        if head is None:
            if links and links[0].previous != self.before_heads:
                raise self._headless(path)
        elif head.seq >= len(links):
            raise LedgerError(f"{path} was cut off after entry {len(links) - 1} of {head.seq}.", self.restore)
        elif head.hash != (links[head.seq].hash if head.seq >= 0 else self.origin):
            raise self._broken(path, head.seq)

    def _headless(self, path: Path) -> LedgerError:
        return LedgerError(
            f"{_head_path(path)} is gone: nobody can say whether {self.lost} are all there.", self.restore
        )

    def _broken(self, path: Path, seq: int) -> LedgerError:
        return LedgerError(
            f"{path} was changed by hand: entry {seq} does not follow the one before it.", self.restore
        )


def _head_path(path: Path) -> Path:
    return path.with_suffix(".head")


def _hash(values: dict[str, Any]) -> str:
    """Of a link's values but for its own hash."""
    return digest(
        json.dumps({k: v for k, v in values.items() if k != "hash"}, ensure_ascii=False, sort_keys=True)
    )


def _longer_than_a_link(torn: str) -> bool:
    """Whether a last line has all of a link and something else after it: then it is not torn but changed."""
    try:
        _, end = json.JSONDecoder().raw_decode(torn)
    except (ValueError, RecursionError):
        return False
    return end < len(torn)
