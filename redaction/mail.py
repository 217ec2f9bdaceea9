"""E-mail addresses, and the accounts and pages by which somebody is found on the net; written and spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.digits import DIGIT, number
from redaction.stretch import Stretch

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_ENDINGS = (
    "com|net|org|edu|gov|idv|info|tw|io|me|co|cc|app|dev|ai|gg|be|us|uk|jp|cn|hk|sg|de|fr|eu|test|example|invalid|"
    "康|抗|扣|鋼|剛|綱|坑|com\\.tw"
)
_PROVIDERS = (
    "g[\\s-]?mail|hot[\\s-]?mail|yahoo|outlook|i\\s?cloud|msn|hinet|pchome|proton(?:mail)?|live|me\\.com|"
    "雅虎|奇摩|居妹[兒爾]?|吉妹[兒爾]?|雞妹[兒爾]?|機妹[兒爾]?|寄妹[兒爾]?|級mail|hot妹[兒爾]?|network"
)
_DOT = r"[\s,，、]*(?:\.|。|點點?|點兒|典|(?<![A-Za-z])dot(?![A-Za-z]))[\s,，、]*"
_SPOKEN_DOT = r"[\s,，、]*(?:點|典|(?<![A-Za-z])dot(?![A-Za-z]))[\s,，、]*"
_AT = (
    r"(?:@|＠|小?老鼠|小老(?:書|鼠標|叔|數|樹|祖|主)|小腦鼠|小老師(?=g|y|h)|"
    r"滑鼠符號|at符號|(?<![A-Za-z])at sign(?![A-Za-z]))"
)
_LABEL = "[A-Za-z0-9][A-Za-z0-9-]*"
_SPELT = rf"(?:[A-Za-z0-9](?:[\s,，、-]{{1,2}}[A-Za-z0-9](?![A-Za-z0-9])){{1,12}}|{_LABEL}|{DIGIT}+)"
_JOIN = (
    "點|底線|下底線|底下線|減號|橫槓|橫線|槓|連字號|小寫|大寫|"
    "(?<![A-Za-z])(?:dot|underscore|dash|hyphen|minus)(?![A-Za-z])"
)
_JOINS = re.compile(_JOIN, re.IGNORECASE)
_PIECE = re.compile(
    rf"(?P<join>{_JOIN})|(?P<word>[A-Za-z0-9_.+-]+)|(?P<digit>{DIGIT})|(?P<space>[\s,，、]{{1,2}})",
    re.IGNORECASE,
)
_SIGN = re.compile(_AT, re.IGNORECASE)
_WORD_AT = re.compile(r"[\s,，]at[\s,，]+", re.IGNORECASE)
_REACH = 64
"""Characters of the part before the sign, and of the one behind it, at most."""

_DOMAIN = (
    rf"(?:(?:{_PROVIDERS})(?:{_DOT}(?:{_ENDINGS})(?![A-Za-z])){{0,2}}"
    rf"|[A-Za-z0-9-]{{2,24}}?dot(?:com|org|net|edu|gov|tw)(?![A-Za-z])|(?:{_SPELT}|[{_HAN}]{{1,6}}?)(?:{_DOT}(?:{_SPELT})){{0,3}}?{_DOT}(?:{_ENDINGS}|[A-Za-z]{{2,}})(?![A-Za-z])(?:{_DOT}(?:{_ENDINGS})(?![A-Za-z])){{0,2}})"
)
_BEHIND_SIGN = re.compile(rf"[\s,，、]*(?:是)?{_DOMAIN}", re.IGNORECASE)
_BEHIND_WORD = re.compile(
    rf"(?:{_PROVIDERS})(?:{_DOT}(?:{_ENDINGS})){{0,2}}(?![A-Za-z])"
    rf"|{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?(?:{_SPOKEN_DOT}|\.)(?:{_ENDINGS})(?:{_DOT}(?:{_ENDINGS})){{0,2}}(?![A-Za-z])",
    re.IGNORECASE,
)
_PROSE = frozenset(
    """
    a an the i we you he she it they me us him her them is are was were be been am look looking looked see met meet
    here there up down out in on over and or but not also now then available found live lives work works working sold
    buy order visit page site website more information
    """.split()  # noqa: SIM905 - sixty words in a list literal read like a ladder
)
"""Words after which "at" is a preposition; an address begins with none of them."""

_CALLED = re.compile(
    r"(?:信箱|郵箱|mail|email|e-mail|address|寄給|寄到|寫給|帳號)\s*(?:is|是|：|:|到|給)?\s*$", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:信箱|郵箱|e-?mail|mail)(?:的?地址)?(?:就?是|叫|：|:|is(?![A-Za-z])|[\s,，])+", re.IGNORECASE
)

_CLAUSE = re.compile("[^，。？！?!\n]{0,16}")
"""What follows the sign, where the rest of the address was heard as anything."""

_NETWORKS = (
    "LINE|賴|IG|Instagram|哀居|FB|臉書|Facebook|Threads|脆|推特|Twitter|"
    "Telegram|TG|WeChat|微信|Discord|Skype|Slido|抖音|TikTok|Plurk|噗浪|Dcard|PTT|批踢踢"
)
_ACCOUNT = re.compile(
    rf"(?<![A-Za-z])(?:{_NETWORKS})(?![A-Za-z])(?:\s?(?:的|上面?的?|那邊的?))?[\s,，]?"
    r"(?P<named>(?<![A-Za-z])ID(?![A-Za-z])|帳號|帳戶|愛滴|粉專|暱稱|username|account|handle|名字)?\s?"
    r"(?P<is>是|就是|叫做?|搜尋|搜|找|加|：|:|is|=)?[\s,，]{0,2}@?",
    re.IGNORECASE,
)
_ANY_ACCOUNT = re.compile(
    r"(?P<named>帳號|username|user name|暱稱)\s?(?P<is>就?是|叫做?|：|:|is)[\s,，]{0,2}@?", re.IGNORECASE
)
_AT_HANDLE = re.compile(r"(?<![A-Za-z0-9.@])@[A-Za-z_][A-Za-z0-9_.]{2,}[A-Za-z0-9_]")
_PAGE = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)*(?:facebook|fb|instagram|threads|twitter|x|t|line|lin|linkedin|plurk|medium|youtube|tiktok|"
    r"wa|github|vocus|matters|linktr|pixnet)(?:\.[a-z]{2,4}){1,2}/[^\s，。、；（）()<>\"'」』]{2,}",
    re.IGNORECASE,
)
_PAGE_SPOKEN = re.compile(
    rf"(?:facebook|fb|臉書|instagram|ig|threads|twitter|line|linkedin|medium|youtube|github){_SPOKEN_DOT}(?:{_ENDINGS})"
    r"[\s,，、]*(?:斜線|slash|/)[\s,，、]*(?:at|@|小老鼠)?[\s,，、]*",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Stretch]:
    """Addresses, accounts and personal pages in a text; the surer ones first, they may overlap."""
    for match in _PAGE.finditer(text):
        yield Stretch(match.start(), match.end(), "page", (), 0.8)
    for sign in _SIGN.finditer(text):
        behind = _BEHIND_SIGN.match(text, sign.end(), sign.end() + _REACH)
        start = _begin(text, sign.start())
        if behind:
            yield Stretch(start, behind.end(), "e-mail", ("at-sign",), 0.9)
        elif sign.group() not in "@＠" and _is_spelt(text, start, sign.start()):
            rest = _CLAUSE.match(text, sign.end())
            yield Stretch(start, rest.end() if rest else sign.end(), "e-mail", ("at-sign", "misheard"), 0.6)
    for word in _WORD_AT.finditer(text):
        behind = _BEHIND_WORD.match(text, word.end(), word.end() + _REACH)
        start = _local(text, word.start())
        if behind and _is_address(text, start, word.start(), behind.group()):
            yield Stretch(start, behind.end(), "e-mail", ("at-word",), 0.7)
    for match in _PAGE_SPOKEN.finditer(text):
        if (end := _onward(text, match.end())) > match.end():
            yield Stretch(match.start(), end, "page", ("spoken",), 0.8)
    for match in (*_ACCOUNT.finditer(text), *_ANY_ACCOUNT.finditer(text)):
        end = _onward(text, match.end())
        if _is_handle(match, text[match.end() : end]):
            yield Stretch(match.end(), end, "handle", ("cue-word",), 0.7)
    for match in _AT_HANDLE.finditer(text):
        yield Stretch(match.start(), match.end(), "handle", ("at-sign",), 0.7)


def _begin(text: str, sign: int) -> int:
    """Where the address begins whose sign stands there; misheard as Chinese it has to be said that it is one."""
    named = [*_NAMED.finditer(text, max(0, sign - 40), sign)]
    start = _local(text, sign)
    if named and not re.search("[。？！?!\n]", text[named[-1].end() : sign]):
        start = min(start, named[-1].end())
    before = text[:sign].rstrip(" ,，、")
    if start == sign and before and re.match(f"[{_HAN}]", before[-1]):
        return len(before) - 1
    return start


def _is_spelt(text: str, start: int, end: int) -> bool:
    """Whether it was said before a sign that an address is coming, or letters stand there, or the name of a dot."""
    named = _NAMED.search(text, max(0, end - 40), end)
    return bool(named or re.search("[A-Za-z0-9]", text[start:end]) or "點" in text[end : end + 15])


def _local(text: str, end: int) -> int:
    """Where the part before a sign begins: letters, digits and the names of signs, spelt or in words.

    A space belongs to it only beside single letters, digits and names of signs.
    """
    pieces = [*_PIECE.finditer(text, max(0, end - _REACH), end)]
    start, at = end, end
    right: re.Match[str] | None = None
    spaced = False
    for piece in reversed(pieces):
        if piece.end() != at:
            break
        at = piece.start()
        if piece["space"]:
            spaced = True
            continue
        if spaced and right is not None and not _loose(piece) and not _loose(right):
            break
        start, right, spaced = at, piece, False
    return start


def _onward(text: str, start: int) -> int:
    """Where an account's name ends that begins there; as `_local`."""
    end, at = start, start
    left: re.Match[str] | None = None
    spaced = False
    for piece in _PIECE.finditer(text, start, start + _REACH):
        if piece.start() != at:
            break
        at = piece.end()
        if piece["space"]:
            spaced = True
            continue
        if spaced and left is not None and not _loose(piece) and not _loose(left):
            break
        end, left, spaced = at, piece, False
    return end


def _loose(piece: re.Match[str]) -> bool:
    word = piece.group()
    return bool(piece["join"] or piece["digit"]) or len(word) == 1 or number(word) is not None


def _is_address(text: str, start: int, end: int, domain: str) -> bool:
    local = text[start:end]
    if not local.strip() or text[max(0, start - 1) : start] in {"'", "’"}:
        return False
    if _CALLED.search(text, max(0, start - 20), start):
        return True
    spoken = re.search(_SPOKEN_DOT, domain, re.IGNORECASE) or re.fullmatch(_PROVIDERS, domain, re.IGNORECASE)
    telling = re.search(rf"[\d_.+]|{DIGIT}", local) or _JOINS.search(local)
    words = local.lower().split()
    spelt = len(words) > 2 and set(map(len, words)) == {1}
    return bool(telling or spoken) and (spelt or words[-1] not in _PROSE)


def _is_handle(match: re.Match[str], handle: str) -> bool:
    """A name of the account is told from a word that follows the network's: it is called one, or looks like none."""
    signs = (
        bool(re.search(rf"[0-9_.]|{DIGIT}{DIGIT}", handle) or _JOINS.search(handle)) or "@" in match.group()
    )
    if len(re.findall(rf"[A-Za-z0-9]|{DIGIT}", handle)) < 3:
        return False
    letters = re.search("[A-Za-z]", handle) is not None
    if match["named"]:
        return letters and (bool(match["is"]) or signs)
    mixed = re.fullmatch(r"[A-Za-z0-9_.]{5,}", handle) is not None
    return letters and signs and (bool(match["is"]) or mixed)
