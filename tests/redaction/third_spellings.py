"""The third set of blind canaries, in spellings."""

from __future__ import annotations

from pathlib import Path

from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, captions, collected, put


@canary("TXT, body", NAME, "three other characters of the same sound")
def homophone(folder: Path) -> None:
    put(folder, "r.txt", "主持人：接下來請科彩萍發言。\n")


@canary("WebVTT, cues", NAME, "a compound surname and a given name of the same sound, over two cues")
def homophone_cues(folder: Path) -> None:
    put(folder, "r.vtt", captions("我們請黃府", "又晨先生"))


@canary("Markdown, body", NAME, "two of three characters wrong, one emphasised")
def homophone_emphasis(folder: Path) -> None:
    put(folder, "r.md", "謝謝*柯*彩屏老師\n")


@canary("TXT, body", NAME, "a long name as the recognizer writes it, without its dot")
def homophone_long(folder: Path) -> None:
    put(folder, "r.txt", "那位莫納娃瓦力漢昨天也在。\n")


@canary("TXT, body", FACT, "a school's name of the same sound")
def homophone_school(folder: Path) -> None:
    put(folder, "r.txt", "她在象影高職念過書。\n")


@canary("TXT, body", NAME, "Simplified characters")
def simplified(folder: Path) -> None:
    put(folder, "r.txt", "感谢龚旎和柯采苹的意见。\n")


@canary("TXT, Hanyu Pinyin", NAME, "tone marks, apart")
def pinyin_marks(folder: Path) -> None:
    put(folder, "r.txt", "Huángfǔ Yòu Chén (parent)\n")


@canary("TXT, Hanyu Pinyin", NAME, "tone marks as combining characters")
def pinyin_combining(folder: Path) -> None:
    put(folder, "r.txt", "Ke\u0304 Ca\u030cipi\u0301ng\n")


@canary("TXT, Hanyu Pinyin", NAME, "tone digits with blanks")
def pinyin_digits(folder: Path) -> None:
    put(folder, "r.txt", "reading: gong1 ni3\n")


@canary("TXT, Hanyu Pinyin", NAME, "tone digits raised")
def pinyin_raised(folder: Path) -> None:
    put(folder, "r.txt", "Ke¹ Cai³ping²\n")


@canary("TXT, Hanyu Pinyin", NAME, "capitals, hyphens between all syllables")
def pinyin_capitals(folder: Path) -> None:
    put(folder, "r.txt", "HUANG-FU-YOU-CHEN\n")


@canary("TXT, Hanyu Pinyin", NAME, "camel case in a variable")
def pinyin_camel(folder: Path) -> None:
    put(folder, "r.js", "const isKeCaiping = true\n")


@canary("TXT, Hanyu Pinyin", NAME, "the given name first, with a comma-less initial")
def pinyin_reversed(folder: Path) -> None:
    put(folder, "r.txt", "Interview with Ms Caiping Ke, 2026\n")


@canary("TXT, Hanyu Pinyin", NAME, "broken at a hyphen at the end of a line")
def pinyin_broken(folder: Path) -> None:
    put(folder, "r.txt", "We thank Mr Huangfu You-\nchen for his time.\n")


@canary("TXT, Wade-Giles", NAME, "with apostrophes of three kinds")
def wade_giles(folder: Path) -> None:
    put(folder, "r.txt", "K'o Ts’ai-pʻing, interview\n")


@canary("TXT, Wade-Giles", NAME, "a compound surname, the given name first")
def wade_giles_reversed(folder: Path) -> None:
    put(folder, "r.txt", "Yu-ch‘en Huang-fu\n")


@canary("TXT, passport", NAME, "surname in capitals, comma")
def passport(folder: Path) -> None:
    put(folder, "r.txt", "1. KO, Tsai-Ping  2. (withheld)\n")


@canary("TXT, Tongyong", NAME, "in a mail address with a dot")
def tongyong_mail(folder: Path) -> None:
    put(folder, "r.txt", "<youchen.huangfu@example.net>\n")


@canary("TXT, Bopomofo", NAME, "joined, tones after the syllables")
def zhuyin_joined(folder: Path) -> None:
    put(folder, "r.txt", "ㄏㄨㄤˊㄈㄨˇㄧㄡˋㄔㄣˊ先生\n")


@canary("TXT, Bopomofo", NAME, "without tones, a dash between")
def zhuyin_bare(folder: Path) -> None:
    put(folder, "r.txt", "ㄎㄜ-ㄘㄞ-ㄆㄧㄥ\n")


@canary("TXT, body", NAME, "explained character by character")
def explained(folder: Path) -> None:
    put(folder, "r.txt", "柯南的柯、采風的采、蘋果的蘋。\n")


@canary("TXT, body", NAME, "the halves of the name in other order, with a comma")
def characters_reversed(folder: Path) -> None:
    put(folder, "r.txt", "Author: 祐辰，皇甫\n")


@canary("TXT, body", NAME, "a title between surname and given name")
def title_between(folder: Path) -> None:
    put(folder, "r.txt", "這是柯老師采蘋的意見。\n")


@canary("TXT, body", NAME, "a blank of full width between each character")
def wide_blanks(folder: Path) -> None:
    put(folder, "r.txt", "簽到：龔　　旎\n")


@canary("TXT, body", NAME, "characters for compatibility and a variation selector")
def variation(folder: Path) -> None:
    put(folder, "r.txt", "柯\U000e0100采\ufe00蘋說\n")


@canary("TXT, body", ALIAS, "an English alias in mathematical letters")
def alias_letters(folder: Path) -> None:
    put(folder, "r.txt", "thanks 𝐂𝐚𝐬𝐬𝐢𝐝𝐲!\n")


@canary("TXT, body", ALIAS, "an English alias with Cyrillic letters of the same look")
def alias_cyrillic(folder: Path) -> None:
    put(folder, "r.txt", "ask С\u0430ssidy about it\n")


@canary("TXT, body", ALIAS, "letters apart, with hyphens")
def alias_spelled(folder: Path) -> None:
    put(folder, "r.txt", "that is C-A-S-S-I-D-Y\n")


@canary("TXT, body", ALIAS, "a romanised name in a handle")
def alias_handle(folder: Path) -> None:
    put(folder, "r.txt", "按讚：@walihan_monava99\n")


@canary("TXT, body", ALIAS, "a nickname in Simplified characters with blanks")
def alias_nickname(folder: Path) -> None:
    put(folder, "r.txt", "回覆 尼 尼 酱：收到\n")


@canary("TXT, body", NUMBER, "international without a plus, in brackets")
def number_prefix(folder: Path) -> None:
    put(folder, "r.txt", "(00886) 937 448162\n")


@canary("TXT, body", NUMBER, "circled and Arabic-Indic digits")
def number_digits(folder: Path) -> None:
    put(folder, "r.txt", "打 ٠٩٣٧٤٤٨١٦٢ 找我\n")


@canary("TXT, body", NUMBER, "as said, with 'dung' and 'yao'")
def number_said(folder: Path) -> None:
    put(folder, "r.txt", "洞九三拐 四四八 么六兩\n")


CANARIES = collected(globals())
