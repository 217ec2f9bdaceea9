"""The second set of blind canaries, in spellings: sounds, romanisations, order, spacing, numbers."""

from __future__ import annotations

from pathlib import Path

from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, captions, collected, put


@canary("TXT, body", NAME, "the recognizer heard a more common given name")
def homophone_short(folder: Path) -> None:
    put(folder, "r.txt", "主持人：謝謝邢萱的說明，下一位。\n")


@canary("Markdown, body", NAME, "surname and given name in other characters of the same sound")
def homophone_whole(folder: Path) -> None:
    put(folder, "r.md", "**主持人**：請文佩岑老師發言。\n")


@canary("WebVTT, cue", NAME, "the compound surname right, the given name as an ordinary word")
def homophone_compound(folder: Path) -> None:
    put(folder, "r.vtt", captions("接下來請司徒允徹"))


@canary("WebVTT, cue", NAME, "the long name in more usual characters, without a dot")
def homophone_long(folder: Path) -> None:
    put(folder, "r.vtt", captions("我們請羅烏拉馬里岸老師"))


@canary("TXT, body", ALIAS, "a nickname misheard")
def homophone_nickname(folder: Path) -> None:
    put(folder, "r.txt", "剛剛阿徹哥講的那個地方很重要。\n")


@canary("TXT, body", NAME, "converted to Simplified by a chat program")
def simplified_name(folder: Path) -> None:
    put(folder, "r.txt", "谢谢温沛岑。罗乌菈．玛里岸也到了。\n")


@canary("TXT, body", NAME, "Bopomofo in brackets, with a half-width blank between the syllables")
def zhuyin(folder: Path) -> None:
    put(folder, "r.txt", "（音：ㄒㄧㄥˊ ㄒㄩㄢ）\n")


@canary("CSV, Bopomofo", NAME, "a reading list: one syllable a column, tone as a number")
def zhuyin_columns(folder: Path) -> None:
    put(folder, "r.csv", "id,1,2,3\ns2,ㄨㄣ1,ㄆㄟ4,ㄘㄣ2\n")


@canary("TXT, Hanyu Pinyin", NAME, "written together, as on a name card")
def hanyu(folder: Path) -> None:
    put(folder, "r.txt", "Moderator: thank you, Wen Peicen.\n")


@canary("TXT, Wade-Giles", NAME, "a library's catalogue, with apostrophes")
def wade_giles(folder: Path) -> None:
    put(folder, "r.txt", "Interviewee: Wên P‘ei-ts‘ên (pseud.)\n")


@canary("TXT, Wade-Giles", NAME, "a compound surname with its hyphen and umlaut")
def wade_giles_compound(folder: Path) -> None:
    put(folder, "r.txt", "with Ssu-t'u Yün-ch'ê, Kaohsiung\n")


@canary("TXT, Tongyong", NAME, "street-sign spelling")
def tongyong(folder: Path) -> None:
    put(folder, "r.txt", "Ms. Wun Pei-cen asked for a ramp.\n")


@canary("TXT, Tongyong", NAME, "street-sign spelling of a two-character name, in capitals")
def tongyong_short(folder: Path) -> None:
    put(folder, "r.txt", "PRESENT: SING SYUAN; CHAIR\n")


@canary("TXT, Gwoyeu Romatzyh", NAME, "tones within the spelling")
def gwoyeu(folder: Path) -> None:
    put(folder, "r.txt", "Thanks to Uen Peytsern for the notes.\n")


@canary("TXT, Yale", NAME, "a textbook's spelling")
def yale(folder: Path) -> None:
    put(folder, "r.txt", "Sywan Sying said the ramp is too steep.\n")


@canary("TXT, passport", NAME, "passport spelling in capitals with a comma")
def passport_comma(folder: Path) -> None:
    put(folder, "r.txt", "Passenger: HSING, HSUAN MS\n")


@canary("TXT, passport", NAME, "machine-readable zone")
def passport_zone(folder: Path) -> None:
    put(folder, "r.txt", "P<TWNSZUTU<<YUN<CHE<<<<<<<<<<<<<<<<<<<<<<<<<<\n")


@canary("TXT, surname last", NAME, "given name, hyphen, surname in capitals")
def surname_last(folder: Path) -> None:
    put(folder, "r.txt", "Yun-che SITU (parent) joined online.\n")


@canary("TXT, initials", NAME, "initials and surname in a reference")
def initials(folder: Path) -> None:
    put(folder, "r.txt", "Cited after P.-T. Wen (2026), minutes of May 11.\n")


@canary("TXT, English name", ALIAS, "English name, Chinese given name, surname")
def english_and_surname(folder: Path) -> None:
    put(folder, "r.txt", "Jocelyn Pei-Tsen Wen, caregiver\n")


@canary("TXT, English name", ALIAS, "the English name as the recognizer heard it")
def english_misheard(folder: Path) -> None:
    put(folder, "r.txt", "主持人：那 Joselyn 你要不要先講？\n")


@canary("TXT, English name", ALIAS, "in full-width letters with blanks between")
def english_spaced(folder: Path) -> None:
    put(folder, "r.txt", "Ｊ ｏ ｃ ｅ ｌ ｙ ｎ：好。\n")


@canary("TXT, English name", ALIAS, "the English name directly before Chinese characters, in small letters")
def english_joined(folder: Path) -> None:
    put(folder, "r.txt", "謝謝jocelyn姐姐的分享\n")


@canary("TXT, romanised", NAME, "an indigenous name with diacritics of the reading")
def romanised_alias(folder: Path) -> None:
    put(folder, "r.txt", "teacher MARIYAN Lowula came by.\n")


@canary("TXT, mail address", NAME, "given name and surname with a number")
def mail_address(folder: Path) -> None:
    put(folder, "r.txt", "寄到 peitsenwen0412@example.com 就好\n")


@canary("TXT, body", NUMBER, "international, with a bracketed zero")
def number_international(folder: Path) -> None:
    put(folder, "r.txt", "call +886 (0)958 213 647 after six\n")


@canary("TXT, body", NUMBER, "dots between the groups")
def number_dots(folder: Path) -> None:
    put(folder, "r.txt", "手機：0958.213.647\n")


@canary("TXT, body", NUMBER, "pairs of digits, some as characters")
def number_mixed(folder: Path) -> None:
    put(folder, "r.txt", "電話是零九 58 二一 三六 47。\n")


@canary("CSV, number", NUMBER, "a spreadsheet dropped the leading zero")
def number_sheet(folder: Path) -> None:
    put(folder, "r.csv", "代號,電話\n發言者 1,958213647\n")


@canary("CSV, number", NUMBER, "a spreadsheet made scientific notation of it")
def number_scientific(folder: Path) -> None:
    put(folder, "r.csv", "代號,電話\n發言者 1,9.58213647E+08\n")


@canary("HTML, link", NUMBER, "a messenger's address, with the country's prefix")
def number_messenger(folder: Path) -> None:
    put(folder, "r.html", '<a href="https://wa.me/886958213647?text=hi">聯絡</a>\n')


@canary("TXT, body", NUMBER, "a land line in brackets with an extension")
def number_land_line(folder: Path) -> None:
    put(folder, "r.txt", "請撥（０７）５５３２８１６轉 12\n")


@canary("TXT, body", NUMBER, "a land line said with the area in words")
def number_land_line_said(folder: Path) -> None:
    put(folder, "r.txt", "你打零七，五五三，二八一六就找得到我\n")


@canary("TXT, body", FACT, "the employer's name misheard by one character of the same sound")
def employer_misheard(folder: Path) -> None:
    put(folder, "r.txt", "我在旭領診所服務了三年。\n")


@canary("TXT, body", FACT, "the hospital in its address, romanised letters only as percent escapes")
def hospital_address(folder: Path) -> None:
    put(
        folder,
        "r.txt",
        "https://maps.example.org/?q=%25E6%25BE%2584%25E5%25B2%25B8%25E5%25BE%25A9%25E5%2581%25A5%25E9%2586%25AB%25E9%2599%25A2&z=15\n",
    )


CANARIES = collected(globals())
