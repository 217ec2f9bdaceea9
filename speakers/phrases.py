"""How a name is said: as one's own, to give somebody the floor, or to thank them; by what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from speakers.roster import TITLE, Mention


class Use(StrEnum):
    """What somebody does by saying a name."""

    INTRODUCES = "introduces"
    CALLS = "calls"
    ASKS = "asks"
    THANKS = "thanks"
    SPEAKS_OF = "speaks of"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name, and what it is said for."""

    use: Use
    mention: Mention


_SUFFIX = "[的局處科部會署司室組所院校系社黨里隊長任員師授書席人表理事監]|公司|團隊"
"""What an office, a firm or a post ends with: 「交通局高慧敏」, 「主席沈立言」."""

_RELATED = re.compile(
    "請|找|跟|和|與|替|代替|幫|問|說|想|支持|同意|認識|聽|看|被|給|把|對|謝|贊成|反對|陪|接|^代"
)
"""Between 「我是」 and a name: the name is somebody else's."""

_CUE = re.compile(
    "(?s:.*)(?P<cue>我就?是|我叫做?|我的名字(?:是|叫做?)|名字(?:叫|是)|敝姓|我姓|(?:敝人|本人)是?"
    "|(?:敝姓|我姓).{1,2}[，,、 ])"  # the last cue counts
    "(?P<between>[^。？！?!，,；;]{0,14})$"
)
_NOT_MINE = re.compile(
    "(?:說|講|問|寫|稱|喊|以為|認為|覺得|當|當作|當成|假裝|如果|假如|要是|假設|若|倘若|不|並非|非|猜|想像|希望|是不是|像"
    '|「|『|“|")[，,：:「『“"\\s]*$'
)
_SELF_GOES_ON = re.compile(
    f"(?:{TITLE})*(?:$|[，,。！!；;…」\\s]|我|今[天日]|現在|目前|這邊|在[這此]|來自|來[跟向報說]|很高興|負責|擔任|代表我|報告|"
    "發言|想[跟請說]|要[跟請]|那我|[跟向](?:大家|各位|主席)|大家|各位|首先|然後|以上|啦|喔|啊)"
)

_NOT_NOW = re.compile(
    "上次|上個?月|昨天|前天|剛[才剛]|之前|已經|曾經|會後|下次|下個?月|明天|改天|等一下|等等|待會|晚點|如果|要不要|是不是|"
    "可不可以|能不能|不用|不要|不必|沒有?[請要]|別[請再]|應該|原本|本來|去年|書面|以後|回去"
)
_CALL = re.compile(
    "(?P<cue>有?請|麻煩|換|輪到|交給|歡迎|接下來是|再來是|下一位(?:發言[人者])?是?)"
    "(?P<between>[^。？！?!，,；;]{0,12})$"
)
_SPEAKING = "說明|發言|回應|補充|報告|分享|說|講|表達|介紹|回答|簡報|開始|致詞|表示|發表"
_FLOOR = re.compile(
    f"(?:{TITLE})*(?:$|[。，,！!：:\\s]|(?:你|您|妳|來|先|再|幫我們|幫大家|為我們|為大家|跟我們|跟大家|向大家|做個?|簡單|這邊|上台)*"
    f"(?:{_SPEAKING})(?!過|了|的))"
)
_PLEASE = re.compile(f"(?:{TITLE})*[，, ]?[您你妳]?請(?:$|[。！!，,]|您|先|{_SPEAKING})")
_CLAUSE_START = re.compile("(?:^|[。？！?!，,；;])\\s*(?:好|那|來|嗯|OK|接下來|接著)*[，, ]*$", re.IGNORECASE)
_THANKS = re.compile(
    "^(?:(?:好|嗯|是|對|那|OK)+[，,。、 ]*)?(?:非常|很|再次|我們)*(?:謝謝|感謝|多謝)(?:我們的?)?"
    "(?P<between>[^。？！?!，,；;]{0,10})$",
    re.IGNORECASE,
)
_THANKED_FOR = re.compile(
    f"(?:{TITLE})*(?:$|[，,。！!\\s]|的?(?:{_SPEAKING}|意見|建議|提醒|提問)|[您你妳]的(?:{_SPEAKING}|意見))"
)

_TITLES_EN = r"(?:(?:mr|mrs|ms|miss|dr|prof)\.?\s+|(?:professor|director|councillor)\s+)?"
_CUE_EN = re.compile(
    rf"(?P<cue>\b(?:my name is|my name['’]s|i['’]m|i am|this is|it['’]s))\s+{_TITLES_EN}$", re.IGNORECASE
)
_NOT_MINE_EN = re.compile(
    r"(?:\b(?:said|says?|saying|thinks?|thought|told|asks?|asked|if|whether|like|pretend|suppose|imagine|that|when|because)"
    r"(?:\s+(?:me|us|him|her|them|you))?|[\"“‘])[\s,:\"“‘]*$",
    re.IGNORECASE,
)
_SELF_EN = re.compile(
    r"(?:$|[,.!;，。]|\s+(?:from|here|speaking|and|with the|at|i|i['’]m|i['’]ll|for the)\b)", re.IGNORECASE
)
_HERE_EN = re.compile(r",?\s+(?:speaking|here|from)\b", re.IGNORECASE)
_GREETING_EN = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening))(?:,?\s*(?:everyone|everybody|all|folks))?[,.!]?\s*$",
    re.IGNORECASE,
)
_CALL_EN = re.compile(
    r"\b(?:over to|hand (?:it |this )?(?:over )?to|hear from|call on|invite|welcome|next (?:up )?is|next(?: up)?,|"
    rf"turn (?:it |this )?(?:over )?to|the floor to|pass (?:it |this )?(?:on |over )?to)\s+{_TITLES_EN}$",
    re.IGNORECASE,
)
_NOT_NOW_EN = re.compile(
    r"\b(?:later|tomorrow|yesterday|last|before|after|afterwards|until|if|"
    r"not|don['’]t|didn['’]t|won['’]t|next (?:week|time|month)|already|earlier|should have|was|were)\b",
    re.IGNORECASE,
)
_MOVED_EN = re.compile(r"\b(?:went|go|goes|going|gone|come|came|drove|walked|ran)\s+$", re.IGNORECASE)
_FLOOR_EN = re.compile(r"(?:$|[,.!;]|\s+(?:to|for|on|please|with|from|now)\b)", re.IGNORECASE)
_PLEASE_EN = re.compile(
    r",?\s+(?:please\s*(?:$|[.!]|go ahead|begin|start)|go ahead|the floor is yours|you have the floor|over to you|"
    r"you['’]re (?:next|up)|your turn|take it away)",
    re.IGNORECASE,
)
_CLAUSE_START_EN = re.compile(
    r"(?:^|[.?!,;])\s*(?:so|okay|ok|right|now|and|then|well|great)?[,\s]*$", re.IGNORECASE
)
_THANKS_EN = re.compile(
    r"^(?:(?:okay|ok|great|right|all right|good|well)[,.\s]+)?"
    r"(?:thank you(?: very much| so much)?|thanks(?: a lot| very much)?)"
    rf"[,\s]+{_TITLES_EN}$",
    re.IGNORECASE,
)
_THANKED_FOR_EN = re.compile(
    r"(?:$|[,.!;]|\s+(?:very|so) much|"
    r"\s+for (?:that|(?:the|your|this) (?:report|update|presentation|comments?|remarks|summary|"
    r"overview|explanation|introduction)))",
    re.IGNORECASE,
)


def phrases(text: str, mentions: tuple[Mention, ...]) -> tuple[Phrase, ...]:
    """What every name in a statement is said for.

    Args:
        text: of the statement.
        mentions: the names in it, in order.
    """
    return tuple(Phrase(_use(text, mention), mention) for mention in mentions)


def _use(text: str, mention: Mention) -> Use:
    before, after = text[: mention.start], text[mention.end :]
    latin = text[mention.start].isascii()
    if before.endswith("我"):
        return Use.UNCLEAR
    clause = re.split("[。？！?!.，,；;]", before)[-1]
    rest = re.split("[。？！?!.]", after, maxsplit=1)[0]
    own = _own(before, after) or (_own_english(before, after) if latin else None)
    if own is not None:
        return own
    if latin:
        if after[:2] in {"'s", "’s"}:
            return Use.SPEAKS_OF
        use = _floor_english(before, after, re.split("[.?!;。？！]", before)[-1], rest)
        if use is not Use.SPEAKS_OF:
            return use
    return _floor(before, after, clause, rest)


def _is_place(between: str) -> bool:
    """Whether what stands before a name says where somebody is from, or nothing."""
    plain = re.sub("^(?:我們的?|嗯|呃|那個|這個|一下|到|位|，| )+", "", between).strip()
    return not plain or bool(re.search(f"(?:{_SUFFIX})$", plain))


def _own(before: str, after: str) -> Use | None:
    """Whether a name is said as one's own; None if nothing points that way."""
    cue = _CUE.match(before)
    if cue is None:
        return None
    denied = _NOT_MINE.search(before[: cue.start("cue")]) or re.match("不是|並不是", cue["between"])
    between = cue["between"]
    if (
        denied
        or _RELATED.search(between)
        or re.match("(?:的|[她他]|那|家的|太太|媽|爸|介紹|邀|推薦|派)", after)
    ):
        return Use.SPEAKS_OF
    if not _is_place(between):
        return Use.UNCLEAR
    titled = re.sub(f"^(?:{TITLE})+", "", after)
    if titled.startswith("的"):
        return Use.SPEAKS_OF
    return Use.INTRODUCES if _SELF_GOES_ON.match(after) else Use.UNCLEAR


def _own_english(before: str, after: str) -> Use | None:
    cue = _CUE_EN.search(before)
    if cue is None:
        return None
    lead = before[: cue.start("cue")]
    if _NOT_MINE_EN.search(lead) or after[:2] in {"'s", "’s"}:
        return Use.SPEAKS_OF
    if cue["cue"].lower().startswith(("this", "it")):
        greeted = _GREETING_EN.match(lead.strip()) and re.match(r"\s*(?:$|[,.!])", after)
        return Use.INTRODUCES if greeted or _HERE_EN.match(after) else Use.SPEAKS_OF
    return Use.INTRODUCES if _SELF_EN.match(after) else Use.UNCLEAR


def _floor(before: str, after: str, clause: str, rest: str) -> Use:
    if _NOT_NOW.search(clause) or _NOT_NOW.search(rest):
        return Use.SPEAKS_OF
    thanks = _THANKS.match(before)
    if thanks and _is_place(thanks["between"]) and _THANKED_FOR.match(after):
        return Use.THANKS
    call = _CALL.search(before)
    if call is not None:
        if call["between"] in {"問", "教", "問一下", "教一下"}:
            return Use.ASKS
        if _is_place(call["between"]) and _FLOOR.match(after):
            return Use.CALLS
    if _CLAUSE_START.search(before) and _PLEASE.match(after):
        return Use.CALLS
    return Use.SPEAKS_OF


def _floor_english(before: str, after: str, sentence: str, rest: str) -> Use:
    if _NOT_NOW_EN.search(sentence) or _NOT_NOW_EN.search(rest):
        return Use.SPEAKS_OF
    if _THANKS_EN.match(before) and _THANKED_FOR_EN.match(after):
        return Use.THANKS
    call = _CALL_EN.search(before)
    called = call and not _MOVED_EN.search(before[: call.start()]) and _FLOOR_EN.match(after)
    addressed = _CLAUSE_START_EN.search(before) and _PLEASE_EN.match(after)
    return Use.CALLS if called or addressed else Use.SPEAKS_OF
