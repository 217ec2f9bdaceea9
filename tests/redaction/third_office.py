"""The third set of blind canaries, in documents, spreadsheets, e-mails and tables."""

from __future__ import annotations

import base64
import zlib
from email.header import Header
from pathlib import Path

from tests.redaction.blind_office import pdf, word, zipped
from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, collected, put


@canary("DOCX, runs", NAME, "a spelling checker cut the name into runs")
def docx_runs(folder: Path) -> None:
    put(
        folder,
        "r.docx",
        word(
            '<w:p><w:r><w:t>謝謝皇</w:t></w:r><w:proofErr w:type="spellStart"/>'
            '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">甫祐</w:t></w:r><w:r><w:t>辰</w:t></w:r></w:p>'
        ),
    )


@canary("DOCX, deletion", NAME, "a tracked deletion")
def docx_deletion(folder: Path) -> None:
    put(
        folder,
        "r.docx",
        word('<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>龔旎</w:delText></w:r></w:del></w:p>'),
    )


@canary("DOCX, people", ALIAS, "who commented")
def docx_people(folder: Path) -> None:
    people = '<w15:people xmlns:w15="x"><w15:person w15:author="Cassidy Ko"/></w15:people>'
    put(
        folder,
        "r.docx",
        word("<w:p><w:r><w:t>好</w:t></w:r></w:p>", {"word/people.xml": people.encode("utf-16")}),
    )


@canary("DOCX, member", NAME, "a picture in the archive is named for the person")
def docx_member(folder: Path) -> None:
    put(folder, "r.docx", word("<w:p/>", {"word/media/柯采蘋.jpeg": b"\xff\xd8\xff\xd9"}))


@canary("ODT, metadata", NAME, "the creator, surname last")
def odt_creator(folder: Path) -> None:
    meta = "<office:document-meta><dc:creator>You-Chen Huangfu</dc:creator></office:document-meta>"
    put(folder, "r.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text", "meta.xml": meta}))


@canary("ODT, text", NAME, "spans and a soft page break between the characters")
def odt_spans(folder: Path) -> None:
    body = '<text:p>謝謝<text:span text:style-name="T1">龔</text:span><text:soft-page-break/><text:s/>旎</text:p>'
    put(folder, "r.odt", zipped({"content.xml": body}))


@canary("XLSX, strings", NAME, "surname and given name as neighbouring shared strings")
def xlsx_strings(folder: Path) -> None:
    strings = (
        "<sst><si><t>姓</t></si><si><t>名</t></si>"
        "<si><t>柯</t></si><si><r><t>采</t></r><r><t>蘋</t></r></si></sst>"
    )
    put(
        folder,
        "r.xlsx",
        zipped({"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": "<worksheet/>"}),
    )


@canary("XLSX, sheet", NAME, "the name of a hidden sheet, escaped as Excel does")
def xlsx_sheet(folder: Path) -> None:
    put(
        folder,
        "r.xlsx",
        zipped(
            {
                "xl/workbook.xml": '<sheets><sheet name="_x7687__x752B__x7950__x8FB0_" state="hidden"/></sheets>'
            }
        ),
    )


@canary("XLSX, number", NUMBER, "a telephone number as a number")
def xlsx_number(folder: Path) -> None:
    put(folder, "r.xlsx", zipped({"xl/worksheets/sheet1.xml": '<c r="B2"><v>937448162</v></c>'}))


@canary("PDF, stream", NAME, "a deflated stream with UTF-16 in hexadecimal")
def pdf_stream(folder: Path) -> None:
    stream = zlib.compress(b"BT /F1 12 Tf <" + "龔旎".encode("utf-16-be").hex().encode() + b"> Tj ET")
    put(
        folder,
        "r.pdf",
        pdf(
            b"<< /Type /Catalog >>",
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ),
    )


@canary("PDF, author", NAME, "octal escapes of UTF-16 in the information dictionary")
def pdf_author(folder: Path) -> None:
    raw = b"\xfe\xff" + "柯采蘋".encode("utf-16-be")
    octal = "".join(f"\\{one:03o}" for one in raw).encode()
    put(folder, "r.pdf", pdf(b"<< /Type /Catalog >>", b"<< /Author (" + octal + b") >>"))


@canary("RTF", NAME, "Big5 bytes as escapes")
def rtf_big5(folder: Path) -> None:
    raw = "".join(f"\\'{one:02x}" for one in "皇甫祐辰".encode("cp950"))
    put(folder, "r.rtf", "{\\rtf1\\ansi\\ansicpg950 {\\f1 " + raw + "}\\par}\n")


@canary("RTF", NAME, "Unicode escapes with stand-ins")
def rtf_unicode(folder: Path) -> None:
    parts = "".join(f"\\u{ord(one) - (65536 if ord(one) > 32767 else 0)}?" for one in "龔旎")
    put(folder, "r.rtf", "{\\rtf1\\ansi " + parts + "\\par}\n")


@canary("e-mail, subject", NAME, "an encoded word for each part of the subject")
def mail_subject(folder: Path) -> None:
    parts = [Header(part, "utf-8").encode() for part in ("會後請皇甫", "祐辰補件")]
    put(folder, "m.eml", "Subject: " + "\r\n ".join(parts) + "\r\n\r\nok\r\n")


@canary("e-mail, sender", NAME, "an encoded word in Big5, quoted-printable")
def mail_sender(folder: Path) -> None:
    raw = "".join(f"={one:02X}" for one in "柯采蘋".encode("big5"))
    put(folder, "m.eml", f"From: =?big5?Q?{raw}?= <k@example.org>\r\n\r\nok\r\n")


@canary("e-mail, attachment", NAME, "a file name of RFC 2231 in pieces")
def mail_attachment(folder: Path) -> None:
    put(
        folder,
        "m.eml",
        "Content-Disposition: attachment;\r\n filename*0*=UTF-8''%E9%BE%94;\r\n filename*1*=%E6%97%8E.pdf\r\n\r\nx\r\n",
    )


@canary("e-mail, body", NAME, "base64 of GBK in lines of 76")
def mail_body(folder: Path) -> None:
    text = "各位好，" * 9 + "谢谢柯采苹女士。" + "此致。" * 9
    put(
        folder,
        "m.eml",
        b"Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(text.encode("gbk")).replace(b"\n", b"\r\n"),
    )


@canary("e-mail, UTF-7", NAME, "an old program's UTF-7")
def mail_seven(folder: Path) -> None:
    put(folder, "m.eml", b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + "謝謝皇甫祐辰".encode("utf-7"))


@canary("mailbox", FACT, "a folder's name in modified UTF-7")
def mail_folder(folder: Path) -> None:
    raw = base64.b64encode("橡影高職".encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    put(folder, "subscriptions", f"INBOX\nINBOX.&{raw}-\n")


@canary("address, host", NAME, "a domain of Chinese characters in Punycode")
def host_punycode(folder: Path) -> None:
    put(folder, "r.txt", f"https://{'柯采蘋'.encode('idna').decode()}.example/\n")


@canary("CSV, columns", NAME, "an id between surname and given name")
def csv_between(folder: Path) -> None:
    put(folder, "r.csv", "姓,名\r\n王,小明\r\n皇甫,祐辰\r\n")


@canary("CSV, Big5", NAME, "a spreadsheet's export, quoted")
def csv_big5(folder: Path) -> None:
    put(folder, "r.csv", '"1","柯采蘋","0:12"\r\n'.encode("cp950"))


@canary("Outlook, UTF-16", NAME, "UTF-16 in the midst of a binary, at an odd place")
def outlook(folder: Path) -> None:
    put(
        folder,
        "m.msg",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(505) + "皇甫祐辰".encode("utf-16-le") + bytes(99),
    )


CANARIES = collected(globals())
