"""What a name in an inbox says: a recording, something that is still arriving, or clutter of other programs."""

from __future__ import annotations

import re

_ENDINGS = (
    "3g2 3gp aac ac3 aif aifc aiff amr ape asf au avi caf dss dts f4v flac flv m2ts m4a m4b m4v mka mkv mov mp2 mp3",
    "mp4 mpeg mpg mpga mts mxf oga ogg ogv opus ra rf64 rm spx ts voc vob w64 wav wave weba webm wma wmv wv",
)

RECORDINGS = frozenset(f".{ending}" for line in _ENDINGS for ending in line.split())
"""Endings of files that are taken for recordings."""

MEETING = ".toml"
"""Ending of what is known about a meeting."""

TAKEN, FAILED, OWN = "taken", "failed", ".zhuzi"
"""Folders of ours in an inbox."""

_UNFINISHED = re.compile(
    r"\.syncthing\.(?P<synced>.+)\.tmp|~syncthing~(?P<older>.+)\.tmp"
    r"|(?P<name>.+)\.(?:part|partial|crdownload|download|opdownload|filepart|aria2|!ut|!qb|tmp|temp)"
    r"|\.(?P<copied>.+)\.[A-Za-z0-9]{6}",
    re.IGNORECASE,
)
_CLUTTER = re.compile(
    r"\..*|~\$.*|~.*|.*~|.*\.(?:lock|lck|swp|swo|icloud|tmp|temp)|.*\.sb-[0-9a-f]{8}-\w{6}"
    r"|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|@eadir|@tmp|#recycle|#snapshot|\$recycle\.bin"
    r"|system volume information|lost\+found|__macosx",
    re.IGNORECASE | re.DOTALL,
)


def arriving(name: str) -> str:
    """What a temporary file will be called once it has arrived; empty if the name is of no such file.

    >>> arriving("a.wav.part"), arriving(".a.wav.Xy12Zz"), arriving(".syncthing.a.wav.tmp"), arriving("a.wav")
    ('a.wav', 'a.wav', 'a.wav', '')
    """
    match = _UNFINISHED.fullmatch(name)
    return next(filter(None, match.groups()), "") if match else ""


def passed_over(name: str) -> bool:
    """Whether a file or folder of this name is never looked at.

    >>> [n for n in ("a.wav", "~$a.docx", "Thumbs.db", ".a.wav", "a.wav.part", "@eaDir") if not passed_over(n)]
    ['a.wav']
    """
    return bool(arriving(name) or _CLUTTER.fullmatch(name))


def ending(name: str) -> str:
    """The ending in small letters.

    >>> ending("a.WAV"), ending("a")
    ('.wav', '')
    """
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


def stem(name: str) -> str:
    """A name without its ending."""
    return name.rpartition(".")[0] or name
