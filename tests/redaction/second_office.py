"""The second set of blind canaries, in office documents, mail and archives."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import tarfile
from email.message import EmailMessage
from pathlib import Path

from tests.redaction.blind_office import CATALOGUE, PAGE, PAGES, pdf, stream, word, zipped
from tests.redaction.blind_people import FACT, NAME, NUMBER, canary, collected, put

PLAIN = "<w:p><w:r><w:t>謝謝各位。</w:t></w:r></w:p>"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(members: dict[str, bytes], mode: str = "w") -> bytes:
    """A tar archive, compressed as the mode says ("w", "w:gz", "w:bz2", "w:xz")."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


def mail(**headers: str) -> EmailMessage:
    """A message with a harmless text."""
    message = EmailMessage()
    message["Subject"] = "minutes"
    for key, value in headers.items():
        message[key] = value
    message.set_content("see attachment\n")
    return message


@canary("DOCX, header", NAME, "the page header keeps the interview's title, with blanks")
def docx_header(folder: Path) -> None:
    header = f"<w:hdr {W}><w:p><w:r><w:t>訪談：邢 瑄</w:t></w:r></w:p></w:hdr>"
    put(folder, "r.docx", word(PLAIN, {"word/header1.xml": header}))


@canary("DOCX, custom property", NAME, "a property of the document management")
def docx_property(folder: Path) -> None:
    custom = '<Properties><property name="Interviewee"><vt:lpwstr>Wen, Pei-Tsen</vt:lpwstr></property></Properties>'
    put(folder, "r.docx", word(PLAIN, {"docProps/custom.xml": custom}))


@canary("DOCX, picture's name", NAME, "the description and name of a picture")
def docx_picture(folder: Path) -> None:
    body = '<w:p><w:drawing><wp:docPr id="1" name="圖片 1" descr="司徒&#x5141;澈.jpg"/></w:drawing></w:p>'
    put(folder, "r.docx", word(body))


@canary("DOCX, tracked insertion", NAME, "who inserted a word")
def docx_insertion(folder: Path) -> None:
    run = "<w:r><w:t>好</w:t></w:r>"
    body = f'<w:p><w:ins w:id="3" w:author="Yunche Szutu" w:date="2026-05-11T08:00:00Z">{run}</w:ins></w:p>'
    put(folder, "r.docx", word(body))


@canary("DOCX, tab", NAME, "a tab stop between surname and given name")
def docx_tab(folder: Path) -> None:
    put(folder, "r.docx", word("<w:p><w:r><w:t>出席：溫</w:t><w:tab/><w:t>沛岑</w:t></w:r></w:p>"))


@canary("DOCX, bookmark", NAME, "a bookmark's name")
def docx_bookmark(folder: Path) -> None:
    put(folder, "r.docx", word(f'<w:bookmarkStart w:id="0" w:name="_sp_xing_xuan"/>{PLAIN}'))


@canary("DOCX, move", NAME, "a paragraph that was moved, a run for each character")
def docx_move(folder: Path) -> None:
    runs = "".join(
        f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{char}</w:t></w:r>' for char in "羅烏菈．瑪里岸"
    )
    put(folder, "r.docx", word(f'<w:p><w:moveFrom w:id="1" w:author="A">{runs}</w:moveFrom></w:p>'))


@canary("Word's lock file", NAME, "the hidden file that Word leaves beside an open document")
def docx_lock(folder: Path) -> None:
    owner = "溫沛岑"
    held = bytes([6]) + b"\x3f\x3f\x3f".ljust(53, b" ") + bytes([3, 0]) + owner.encode("utf-16-le")
    put(folder, "~$cord.docx", held.ljust(162, b" \0"[:1]))


@canary("DOC, old Word", NAME, "an old binary document, UTF-16 at an odd offset")
def doc_binary(folder: Path) -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(505)
    put(folder, "r.doc", head + b"\x13" + "與會者：司徒允澈，邀請函已寄。".encode("utf-16-le") + bytes(70))


@canary("XLSX, sheet's name", NAME, "a sheet for each person")
def xlsx_sheet(folder: Path) -> None:
    book = '<workbook><sheets><sheet name="邢瑄 (2)" sheetId="2" state="hidden"/></sheets></workbook>'
    put(folder, "r.xlsx", zipped({"xl/workbook.xml": book}))


@canary("XLSX, rich text", NAME, "a string in two runs, with the reading behind")
def xlsx_runs(folder: Path) -> None:
    strings = '<sst><si><r><t>溫</t></r><r><rPr><b/></rPr><t>沛岑</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>'
    put(folder, "r.xlsx", zipped({"xl/sharedStrings.xml": strings}))


@canary("XLSX, number", NUMBER, "the telephone number as a number")
def xlsx_number(folder: Path) -> None:
    sheet = '<worksheet><sheetData><row r="2"><c r="B2"><v>958213647</v></c></row></sheetData></worksheet>'
    put(folder, "r.xlsx", zipped({"xl/worksheets/sheet1.xml": sheet}))


@canary("PPTX, notes", NAME, "the speaker's notes, broken over two runs")
def pptx_notes(folder: Path) -> None:
    notes = "<p:notes><a:p><a:r><a:t>這頁由司徒</a:t></a:r><a:r><a:t>允澈報告</a:t></a:r></a:p></p:notes>"
    put(folder, "r.pptx", zipped({"ppt/notesSlides/notesSlide3.xml": notes}))


@canary("PPTX, comment's author", NAME, "who commented, with initials")
def pptx_author(folder: Path) -> None:
    authors = '<p:cmAuthorLst><p:cmAuthor id="0" name="Lowula MARIYAN" initials="LM"/></p:cmAuthorLst>'
    put(folder, "r.pptx", zipped({"ppt/commentAuthors.xml": authors}))


@canary("ODT, annotation", NAME, "who wrote a note")
def odt_annotation(folder: Path) -> None:
    note = "<office:annotation><dc:creator>Hsüan Hsing</dc:creator></office:annotation>"
    content = f"<office:text><text:p>好{note}</text:p></office:text>"
    put(
        folder,
        "r.odt",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}),
    )


@canary("ODT, blanks", NAME, "blanks as elements between the characters")
def odt_blanks(folder: Path) -> None:
    content = '<text:p>記錄：邢<text:s text:c="2"/>瑄</text:p>'
    put(
        folder,
        "r.odt",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}),
    )


@canary("EPUB, file-as", NAME, "the form for sorting of a contributor")
def epub_file_as(folder: Path) -> None:
    package = (
        '<package><metadata><meta refines="#c1" property="file-as">Situ, Yunche</meta></metadata></package>'
    )
    put(folder, "r.epub", zipped({"mimetype": "application/epub+zip", "OEBPS/content.opf": package}))


@canary(
    "RTF, information", NAME, "operator in the information group, Unicode escapes with hexadecimal fallbacks"
)
def rtf_operator(folder: Path) -> None:
    escaped = "".join(f"\\uc2\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}\\'3f\\'3f" for c in "溫沛岑")
    put(folder, "r.rtf", f"{{\\rtf1\\ansi{{\\info{{\\operator {escaped}}}}}\\pard ok\\par}}")


@canary("PDF, outline", NAME, "the bookmarks, made of the document's headings")
def pdf_outline(folder: Path) -> None:
    title = (
        (b"\xfe\xff" + "三、羅烏菈．瑪里岸".encode("utf-16-be"))
        .replace(b"\\", b"\\\\")
        .replace(b"(", b"\\(")
        .replace(b")", b"\\)")
    )
    catalogue = CATALOGUE.replace(b">>", b" /Outlines 6 0 R>>")
    objects = (catalogue, PAGES, PAGE, stream(b""), b"<<>>", b"<</First 7 0 R>>", b"<</Title (%s)>>" % title)
    put(folder, "r.pdf", pdf(*objects))


@canary("mail, attachment's name", NAME, "RFC 2231, in two continuations")
def mail_name(folder: Path) -> None:
    lines = "filename*0*=UTF-8''%E9%82%A2;\r\n filename*1*=%E7%91%84.m4a"
    put(folder, "m.eml", f"Subject: x\r\nContent-Disposition: attachment;\r\n {lines}\r\n\r\nok\r\n")


@canary("mail, attached document", NAME, "a document in base64 within a message")
def mail_document(folder: Path) -> None:
    message = mail(From="office@example.org")
    message.add_attachment(
        word("<w:p><w:r><w:t>司徒允澈同意書</w:t></w:r></w:p>"),
        maintype="application",
        subtype="octet-stream",
    )
    put(folder, "m.eml", bytes(message))


@canary("mbox, forwarded", NAME, "a forwarded message with a display name")
def mbox_forwarded(folder: Path) -> None:
    inner = mail(From="溫 沛岑 <pw@example.org>")
    outer = mail(To="office@example.org")
    outer.add_attachment(inner)
    put(folder, "archive.mbox", b"From - Mon May 11 08:00:00 2026\n" + bytes(outer) + b"\n")


@canary("MHTML", NAME, "a page saved by the browser, quoted-printable and Big5")
def mhtml(folder: Path) -> None:
    body = "".join(f"={byte:02X}" for byte in "司徒允澈".encode("big5"))
    put(
        folder,
        "page.mht",
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        'Content-Type: text/html; charset="big5"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        f'<p class=3D"x">{body}</p>\r\n--b--\r\n',
    )


@canary("zip in tar.gz in zip", NAME, "a backup of a backup, members without a suffix")
def archive_three(folder: Path) -> None:
    inner = zipped({"a/notes": "下次找溫沛岑"})
    put(folder, "backup.bin", zipped({"data.0": packed({"part": inner}, "w:gz")}))


@canary("bz2 in tar.xz", FACT, "a log, rotated and packed")
def archive_log(folder: Path) -> None:
    log = bz2.compress(b'{"msg": "clinic \\u65ed\\u5dba\\u8a3a\\u6240"}\n')
    put(folder, "logs.old", packed({"log.1.bz2~": log}, "w:xz"))


@canary(
    "zip, folder's name",
    NAME,
    "an archive of a folder that has the name, percent-encoded, with an empty file",
)
def archive_folder(folder: Path) -> None:
    put(folder, "upload.zip", zipped({"%E5%8F%B8%E5%BE%92%E5%85%81%E6%BE%88/.keep": b""}))


@canary("zip, resource fork", NAME, "macOS puts the download's origin beside each file")
def archive_fork(folder: Path) -> None:
    fork = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(60) + b"com.apple.metadata:kMDItemWhereFroms\0"
    fork += "https://drive.example.org/溫沛岑/0511".encode("utf-16-be")
    put(folder, "r.zip", zipped({"r.txt": "ok", "__MACOSX/._r.txt": fork}))


@canary("base64 of gzip of JSON", NAME, "a state that a program keeps in a settings file")
def packed_state(folder: Path) -> None:
    state = base64.b64encode(gzip.compress(b'{"last": "\\u90a2\\u7444", "n": 3}', mtime=0)).decode()
    put(folder, "settings.json", f'{{"state": "{state}"}}\n')


@canary("xz, hexadecimal", NUMBER, "a compressed value, in hexadecimal within XML")
def packed_hexadecimal(folder: Path) -> None:
    value = lzma.compress("電話 07-5532816".encode()).hex()
    put(folder, "r.xml", f"<cache><v>{value}</v></cache>\n")


CANARIES = collected(globals())
