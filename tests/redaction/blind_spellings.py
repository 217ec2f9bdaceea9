"""Blind canaries in plain text: names and numbers as people, recognizers and programs spell them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from tests.redaction.blind_people import ALIAS, CHUKO, DARCY, FACT, NAME, NUMBER, canary, collected, put


@canary("Markdown, body", NAME, "the recognizer wrote Simplified characters")
def simplified(folder: Path) -> None:
    put(folder, "record.md", "### 發言者 2\n\n刚才郑咏洁提到的步道照明，我補充一下。\n")


@canary("Markdown, body", NAME, "only one of three characters came out Simplified")
def half_simplified(folder: Path) -> None:
    put(folder, "record.md", "### 發言者 2\n\n我同意鄭詠洁的看法，照明要先做。\n")


@canary("TXT, body", NAME, "the recognizer heard other characters of the same sound")
def homophone(folder: Path) -> None:
    put(folder, "record.txt", "主持人：接下來請鄭永傑說明河岸的部分。\n")


@canary("TXT, body", NAME, "a compound surname misheard as a single one")
def homophone_surname(folder: Path) -> None:
    put(folder, "record.txt", "主持人：謝謝朱葛映彤，那我們進入第二案。\n")


@canary("WebVTT, cue", ALIAS, "a net-name misheard in one syllable's character")
def homophone_net_name(folder: Path) -> None:
    put(folder, "record.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n網友藍晶奶茶在線上問了一題\n")


@canary("TXT, body", NAME, "the name is given in Bopomofo, to say how it is read")
def bopomofo(folder: Path) -> None:
    put(folder, "record.txt", "（註：ㄓㄥˋ ㄩㄥˇ ㄐㄧㄝˊ）第一次發言從這裡開始。\n")


@canary("TXT, body", NAME, "Bopomofo typed without tones and spaces")
def bopomofo_toneless(folder: Path) -> None:
    put(folder, "notes.txt", "待確認：ㄓㄨㄍㄜㄧㄥㄊㄨㄥ 是否同意公開？\n")


@canary("Markdown, body", NAME, "Hanyu Pinyin with tone marks, from a dictionary")
def hanyu_tone_marks(folder: Path) -> None:
    put(folder, "record.md", "Participants were Zhèng Yǒngjié and two officials.\n")


@canary("JSON, pronunciation list", NAME, "a lexicon for the recognizer holds syllables with digits")
def hanyu_digits(folder: Path) -> None:
    put(folder, "lexicon.json", '{"hotwords": [{"phones": "zheng4 yong3 jie2", "weight": 2.0}]}\n')


@canary("JSON, body", NAME, "Wade-Giles with its aspiration marks, as older officials write")
def wade_giles(folder: Path) -> None:
    put(folder, "manifest.json", '{"heading": "Statement of Chu-ko Ying-t\'ung", "bytes": 1822}\n')


@canary("HTML, class", NAME, "Tongyong Pinyin in CamelCase became the name of a style")
def tongyong_camel_case(folder: Path) -> None:
    put(
        folder,
        "record.html",
        '<style>.JhugeYingtong{color:#357}</style>\n<p class="JhugeYingtong">謝謝。</p>\n',
    )


@canary("CSV, cell", NAME, "a passport spelling, surname first and in capitals")
def passport(folder: Path) -> None:
    put(folder, "attendance.csv", 'seat,name,arrived\n4,"CHENG, YUNG-CHIEH",09:02\n')


@canary("TXT, body", NAME, "given name before surname, as English texts do")
def western_order(folder: Path) -> None:
    put(folder, "record.txt", "Moderator: Thank you. Yung Chieh Cheng has the floor now.\n")


@canary("TXT, e-mail address", NAME, "an address made of the name")
def address_of_the_name(folder: Path) -> None:
    put(folder, "record.txt", "請把簡報寄到 yungchieh.cheng@river.example，謝謝。\n")


@canary("TXT, e-mail address", NAME, "the address was read out aloud and written down so")
def address_read_out(folder: Path) -> None:
    put(folder, "record.txt", "我的信箱是 zhuge 底線 yingtong 小老鼠 river 點 example。\n")


@canary("git log, author", NAME, "a login of initials and surname")
def initials_and_surname(folder: Path) -> None:
    put(
        folder, "history.txt", "9c1f0aa 2026-03-02 yj.zheng reviewed captions\n9c1f0ab 2026-03-02 bot built\n"
    )


@canary("TXT, body", NAME, "shown the right way round by a right-to-left override, stored backwards")
def bidi_override(folder: Path) -> None:
    put(folder, "record.txt", "第三位發言者是\u202e潔詠鄭\u202c，住在對岸。\n")


@canary("TXT, body", NAME, "full-width Latin from a Chinese input method")
def full_width(folder: Path) -> None:
    put(folder, "record.txt", "來賓：Ｎｏｅｌｌｅ　Ｄ＇Ａｒｃｙ－Ｆｉｎｃｈ（線上）\n")


@canary("Markdown, body", NAME, "surname in Chinese, given name romanised")
def mixed_scripts(folder: Path) -> None:
    put(folder, "record.md", "- 線上發言：鄭 Yung-Chieh，第 2 輪\n")


@canary("TXT, body", NAME, "letters of another alphabet that look alike, pasted from a chat")
def lookalikes(folder: Path) -> None:
    put(folder, "chat.txt", "14:02 <mod> welcome N\u043e\u00ebll\u0435 D'\u0410r\u0441y-Fin\u0441h\n")


@canary("TXT, body", NAME, "letters of the mathematical alphabet, from a social network")
def fancy_letters(folder: Path) -> None:
    bold = "".join(chr(ord(c) - 97 + 0x1D41A) if "a" <= c <= "z" else c for c in "noelle d'arcy-finch")
    put(folder, "chat.txt", f"14:03 {bold} joined the call\n")


@canary("HTML, anchor", NAME, "a heading's anchor without diacritics and apostrophe")
def latin_slug(folder: Path) -> None:
    put(folder, "record.html", '<h2 id="noelle-darcy-finch">Second speaker</h2>\n')


@canary("TXT, body", NAME, "an English name misheard")
def latin_misheard(folder: Path) -> None:
    put(folder, "record.txt", "Chair: I now give the floor to Noel Darcey Finch.\n")


@canary("TXT, body", NAME, "decomposed letters and a typographic apostrophe")
def decomposed(folder: Path) -> None:
    put(
        folder, "record.txt", unicodedata.normalize("NFD", "As Noëlle D\u2019Arcy\u2010Finch said earlier.\n")
    )


@canary("LaTeX, body", NAME, "accents as commands of the typesetter")
def latex_accents(folder: Path) -> None:
    put(folder, "minutes.tex", "\\speaker{No{\\\"e}lle D'Arcy--Finch} Thank you, chair.\n")


@canary("TXT, body", NAME, "a surname so rare that the title behind it is enough")
def surname_and_title(folder: Path) -> None:
    put(folder, "record.txt", "主持人：請諸葛小姐先講，再請業務單位回應。\n")


@canary("TXT, body", ALIAS, "set with spaces between the characters")
def letter_spaced(folder: Path) -> None:
    put(folder, "record.txt", "感謝　小 葛 老 師　提供場地。\n")


@canary("Markdown, body", ALIAS, "an emoji in the middle of a net-name")
def emoji_inside(folder: Path) -> None:
    put(folder, "record.md", "> 藍鯨🐋奶茶：請問步道何時開放？\n")


@canary("Markdown, body", ALIAS, "Markdown's escape within a handle")
def escaped_handle(folder: Path) -> None:
    put(folder, "record.md", "Question by nono\\_finch, on Slido.\n")


@canary("HTML, link", ALIAS, "a handle with other separators, in a profile's address")
def handle_separators(folder: Path) -> None:
    put(folder, "record.html", '<a href="https://social.example/@Nono-Finch/110">a question</a>\n')


@canary("TXT, body", NAME, "compatibility characters, as copied out of a PDF")
def compatibility_ideographs(folder: Path) -> None:
    put(folder, "record.txt", f"發言單：\ufa22{CHUKO.name[1:]}，三分鐘。\n")


@canary("TXT, body", NAME, "a variation selector behind 葛, as East Asian fonts want it")
def variation_selector(folder: Path) -> None:
    put(folder, "record.txt", "發言單：諸葛\U000e0100映彤，三分鐘。\n")


@canary("TXT, body", NUMBER, "digits read out one by one")
def number_spoken(folder: Path) -> None:
    put(folder, "record.txt", "我的電話是零九二三四五六七八一，歡迎打給我。\n")


@canary("TXT, body", NUMBER, "digits as soldiers and dispatchers read them")
def number_radio(folder: Path) -> None:
    put(folder, "record.txt", "手機洞勾兩三、四五六、拐八么，麻煩記一下。\n")


@canary("WebVTT, cue", NUMBER, "a number interrupted by ordinary words")
def number_interrupted(folder: Path) -> None:
    put(
        folder,
        "record.vtt",
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n零九二三，呃，四五六\n\n"
        "00:00:03.000 --> 00:00:04.000\n最後是七八一\n",
    )


@canary("TXT, body", NUMBER, "full-width digits and dashes")
def number_full_width(folder: Path) -> None:
    put(folder, "record.txt", "聯絡：０９２３－４５６－７８１\n")


@canary("HTML, link", NUMBER, "an international telephone link")
def number_tel_link(folder: Path) -> None:
    put(folder, "record.html", '<a href="tel:+886-923-456781">聯絡我們</a>\n')


@canary("TXT, body", NUMBER, "keycap emoji, as on a forum")
def number_keycaps(folder: Path) -> None:
    put(folder, "chat.txt", "加我 " + "".join(f"{digit}\ufe0f\u20e3" for digit in "0923456781") + "\n")


@canary("JSON, word list", NUMBER, "word timings hold a digit for each word")
def number_word_timings(folder: Path) -> None:
    words = ",".join(f'{{"w":"{digit}","s":{at}}}' for at, digit in enumerate("0923456781", 71))
    put(folder, "words.json", f'{{"words":[{words}]}}\n')


@canary("TXT, body", NUMBER, "an identity number in groups and small letters")
def identity_grouped(folder: Path) -> None:
    put(folder, "record.txt", "身分證字號 f2 2938 1746，登記第 4 號發言。\n")


@canary("TXT, body", NUMBER, "an identity number read out")
def identity_spoken(folder: Path) -> None:
    put(folder, "record.txt", "我唸一下，F 二二九三八一七四六，對。\n")


@canary("Markdown, body", FACT, "the employer in Simplified characters")
def employer_simplified(folder: Path) -> None:
    put(folder, "record.md", "发言者 3：我在青禾辅具工坊上班，天天走这条步道。\n")


@canary("WebVTT, cues", FACT, "the employer broken over two cues")
def employer_over_cues(folder: Path) -> None:
    put(
        folder,
        "record.vtt",
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n我們青禾輔\n\n2\n00:00:02.000 --> 00:00:03.000\n具工坊的同事\n",
    )


@canary("Markdown, link", FACT, "the employer in the address of a link")
def employer_address(folder: Path) -> None:
    put(folder, "record.md", "[簡報](https://www.brindlewood-acoustics.example/slides.pdf)\n")


@canary("TXT, hashtag", FACT, "the employer as a hashtag")
def employer_hashtag(folder: Path) -> None:
    put(folder, "post.txt", "Good meeting today #BrindlewoodAcoustics #riverwalk\n")


@canary("TXT, body", ALIAS, "a first name at the end of a sentence, in capitals and without its diaeresis")
def first_name_capitals(folder: Path) -> None:
    put(folder, "record.txt", "THANK YOU SO MUCH, NOELLE.\n")


@canary("TXT, body", NAME, "a clipped possessive and a broken hyphen at the end of a line")
def hyphen_at_line_end(folder: Path) -> None:
    given, surname = DARCY.name.split(" ")
    put(
        folder,
        "record.txt",
        f"The chair read out {given} {surname[:4]}-\n{surname[4:]}'s proposal in full.\n",
    )


CANARIES = collected(globals())
