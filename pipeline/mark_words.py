"""Why something is a mark, in words for people: Chinese first, English beside it."""

from __future__ import annotations

from dataclasses import dataclass

from redaction.mark import Kind, Mark


@dataclass(frozen=True, slots=True)
class Words:
    """The same said in Chinese and in English."""

    zh: str
    en: str


KINDS = {
    Kind.NAME: Words("姓名", "a name"),
    Kind.ALIAS: Words("別名", "another name"),
    Kind.TITLE: Words("姓氏加稱謂", "surname and title"),
    Kind.CONTACT: Words("聯絡資料或號碼", "contact details or a number"),
    Kind.QUASI: Words("間接資訊", "what points at somebody"),
    Kind.VOICE: Words("可能是別人的話", "words that may be somebody else's"),
    Kind.METADATA: Words("檔案資訊", "metadata"),
}

_LEVELS = {
    "exact": Words("字面完全相同", "written exactly so"),
    "variant": Words("寫法略有不同", "written slightly otherwise"),
    "same-sound": Words("讀音相同", "sounds the same"),
    "near-sound": Words("讀音相近", "sounds nearly the same"),
    "near-miss": Words("只有一部分讀音相近", "sounds alike only in part"),
    "propagated": Words("與已經遮蔽的讀法相同", "reads like what was masked elsewhere"),
    "heard": Words("聲音裡聽到，文字沒有寫出", "heard in the sound, not in the text"),
    "pattern": Words("符合常見的說法", "a usual way of saying it"),
    "manual": Words("由審閱者標記", "marked by a reviewer"),
}

_CUES = {
    "accepted-form": Words("同一種寫法已經遮蔽過", "this form was masked before"),
    "across-sentences": Words("跨越兩句", "across two sentences"),
    "across-statements": Words("跨越兩段發言", "across two statements"),
    "address": Words("地址", "an address"),
    "age": Words("年齡", "an age"),
    "alone": Words("單獨出現", "stands alone"),
    "bank-account": Words("帳號", "a bank account"),
    "beside-digits": Words("旁邊有數字", "beside digits"),
    "beside-protected-turn": Words("緊鄰受保護者的發言", "right beside a protected person's turn"),
    "birthday": Words("生日", "a birthday"),
    "checksum": Words("檢查碼相符", "its check digit fits"),
    "child": Words("孩子", "a child"),
    "combined": Words("同一人的另一項資訊就在旁邊", "another fact of the same person stands close by"),
    "common-word": Words("也是常用詞", "also a common word"),
    "condition": Words("健康狀況", "a condition"),
    "credit-card": Words("卡號", "a card number"),
    "cue-after": Words("後面像在稱呼人", "what follows speaks for a name"),
    "cue-before": Words("前面像在稱呼人", "what stands before speaks for a name"),
    "cue-word": Words("旁邊有提示的字", "a telling word stands beside it"),
    "date-of-birth": Words("出生日期", "a date of birth"),
    "e-mail": Words("電子郵件", "an e-mail address"),
    "employer": Words("任職單位", "an employer"),
    "everyday-word": Words("也是日常用語", "also an everyday word"),
    "file-number": Words("案號或病歷號", "a file number"),
    "full-name": Words("全名", "the full name"),
    "given-name": Words("只有名字", "the given name"),
    "handle": Words("網路帳號", "a handle"),
    "health-card": Words("健保卡號", "a health card"),
    "hospital": Words("醫院", "a hospital"),
    "identity-card": Words("身分證號", "an identity card"),
    "initials": Words("縮寫", "initials"),
    "kin": Words("親屬稱呼", "what relatives are called"),
    "landline": Words("市話", "a landline"),
    "misheard": Words("可能聽錯", "perhaps misheard"),
    "mobile": Words("手機", "a mobile telephone"),
    "name-of-nobody-here": Words("名單上沒有的人名", "a name of nobody on the list"),
    "near": Words("在提到這個人的地方附近", "near where the person is spoken of"),
    "nickname": Words("暱稱", "a nickname"),
    "others-words": Words("別人說的", "told by others"),
    "own-words": Words("本人說的", "told by themselves"),
    "passport": Words("護照號碼", "a passport"),
    "place": Words("地點", "a place"),
    "plate": Words("車牌", "a plate"),
    "rare": Words("少見，幾乎只指這個人", "rare: it points at hardly anybody else"),
    "relation": Words("親屬關係", "a relation"),
    "relative": Words("親屬", "a relative"),
    "role": Words("職務", "a role"),
    "romanised": Words("羅馬拼音", "romanised"),
    "roster-name": Words("與名單上另一人的名字相同", "also a name of somebody on the list"),
    "school": Words("學校", "a school"),
    "second-hearing": Words("第二次聽才聽出", "only the second hearing names it"),
    "seen-elsewhere": Words("別處出現過", "seen elsewhere"),
    "shortened": Words("簡稱", "shortened"),
    "surname-shared": Words("同姓的不只一人", "others share the surname"),
    "tax-number": Words("統一編號", "a tax number"),
    "telephone": Words("電話", "a telephone number"),
    "town": Words("居住地", "a town"),
    "workplace": Words("工作地點", "a workplace"),
}
"""The cues that help a person; what is not here is told in English as the rule calls it."""


def why(mark: Mark, name: str) -> Words:
    """Why something is a mark.

    Args:
        mark: the mark.
        name: of whom it is about, as reviewers know them; empty for nobody on the list.
    """
    if mark.kind is Kind.VOICE:
        return Words(
            f"這些話是不是{name or '受保護的人'}說的？遮蔽就不公開",
            f"Are these the words of {name or 'a protected person'}? Masked, they are not published",
        )
    kind = KINDS[mark.kind]
    level = _LEVELS.get(mark.evidence.level, _plain(mark.evidence.level))
    cues = [_CUES.get(cue, _plain(cue)) for cue in mark.evidence.cues]
    zh, en = ([getattr(words, tongue) for words in (level, *cues)] for tongue in ("zh", "en"))
    whose_zh, whose_en = (f"{name}的", f" of {name}") if name else ("", "")
    return Words(f"{whose_zh}{kind.zh}：{'、'.join(zh)}", f"{kind.en}{whose_en}: {', '.join(en)}")


def _plain(rule: str) -> Words:
    said = rule.replace("-", " ")
    return Words(said, said)
