"""Blind canaries in office documents, PDF, e-books and archives."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

from tests.redaction.blind_people import (
    ALIAS,
    CHENG,
    CHUKO,
    DARCY,
    FACT,
    NAME,
    NUMBER,
    canary,
    collected,
    put,
)

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A deflated zip archive of the given members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def word(body: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A Word document of the given paragraphs."""
    document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(more or {})})


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of the given objects, numbered from 1; the first is the catalogue."""
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        out.find(b"xref\n"),
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object of a PDF."""
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(content), entries, content)


def flate(content: bytes, entries: bytes = b"") -> bytes:
    """A compressed stream object of a PDF."""
    return stream(zlib.compress(content), b"/Filter /FlateDecode " + entries)


CATALOGUE = b"<</Type /Catalog /Pages 2 0 R>>"
PAGES = b"<</Type /Pages /Kids [3 0 R] /Count 1>>"
PAGE = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>"
HELVETICA = b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>"


@canary("DOCX, core properties", NAME, "the author of the document")
def docx_author(folder: Path) -> None:
    core = f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>{CHENG.name}</dc:creator></cp:coreProperties>'
    put(folder, "record.docx", word("<w:p/>", {"docProps/core.xml": core}))


@canary("DOCX, tracked deletion", NAME, "deleted text stays until the change is accepted")
def docx_deleted(folder: Path) -> None:
    deleted = f'<w:del w:id="4" w:author="x"><w:r><w:delText>{CHUKO.name}</w:delText></w:r></w:del>'
    put(folder, "record.docx", word(f"<w:p>{deleted}<w:r><w:t>發言者 2</w:t></w:r></w:p>"))


@canary("DOCX, runs", NAME, "the speller broke the name into runs")
def docx_runs(folder: Path) -> None:
    runs = "".join(
        f'<w:r w:rsidR="00A{at}"><w:rPr><w:b/></w:rPr><w:t>{part}</w:t></w:r><w:proofErr w:type="spellEnd"/>'
        for at, part in enumerate(("No", "ëlle D", "'Ar", "cy-Finch"))
    )
    put(folder, "record.docx", word(f"<w:p>{runs}</w:p>"))


@canary("DOCX, comment", ALIAS, "a comment in the margin")
def docx_comment(folder: Path) -> None:
    comment = '<w:comment w:initials="R"><w:p><w:r><w:t>這是映彤</w:t></w:r></w:p></w:comment>'
    comments = f"<w:comments {WORD}>{comment}</w:comments>"
    put(folder, "record.docx", word("<w:p/>", {"word/comments.xml": comments}))


@canary("DOCX, field", FACT, "a hidden hyperlink's target in the relations")
def docx_relation(folder: Path) -> None:
    target = '<Relationships><Relationship Id="r1" Target="https://brindlewood%2Dacoustics.example/"/></Relationships>'
    put(folder, "record.docx", word("<w:p/>", {"word/_rels/document.xml.rels": target}))


@canary("DOCX, embedded workbook", NAME, "a table in a document in an archive")
def docx_embedded(folder: Path) -> None:
    strings = "<sst><si><r><t>諸葛</t></r><r><rPr><b/></rPr><t>映彤</t></r></si></sst>"
    workbook = zipped({"xl/sharedStrings.xml": strings})
    put(folder, "record.docx", word("<w:p/>", {"word/embeddings/Sheet1.xlsx": workbook}))


@canary("XLSX, shared strings", NAME, "surname and given name are two strings of a sheet")
def xlsx_strings(folder: Path) -> None:
    strings = "<sst><si><t>姓</t></si><si><t>名</t></si><si><t>鄭</t></si><si><t>詠潔</t></si></sst>"
    put(
        folder,
        "attendance.xlsx",
        zipped({"[Content_Types].xml": "<Types/>", "xl/sharedStrings.xml": strings}),
    )


@canary("ODT, metadata", NAME, "the first author of the template")
def odt_creator(folder: Path) -> None:
    meta = f"<meta:initial-creator>{CHENG.name}</meta:initial-creator>"
    document = f"<office:document-meta {OFFICE}><office:meta>{meta}</office:meta></office:document-meta>"
    put(
        folder,
        "record.odt",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "meta.xml": document}),
    )


@canary("ODT, changes", NAME, "a change that was recorded, with spans")
def odt_changes(folder: Path) -> None:
    spans = "".join(
        f'<text:span text:style-name="T{at}">{part}</text:span>' for at, part in enumerate(CHUKO.name)
    )
    change = (
        f"<text:changed-region><text:deletion><text:p>{spans}</text:p></text:deletion></text:changed-region>"
    )
    put(
        folder,
        "record.odt",
        zipped({"content.xml": f"<office:document-content {OFFICE}>{change}</office:document-content>"}),
    )


@canary("RTF, escapes", NAME, "signed decimal escapes with fallbacks")
def rtf_escapes(folder: Path) -> None:
    coded = "".join(f"\\u{ord(char) - (65536 if ord(char) > 32767 else 0)}?" for char in CHENG.name)
    put(folder, "record.rtf", "{\\rtf1\\ansi\\uc1 {\\b " + coded + "}\\par }")


@canary("RTF, Big5 bytes", NAME, "hexadecimal escapes of the code page")
def rtf_big5(folder: Path) -> None:
    coded = "".join(f"\\'{byte:02x}" for byte in CHUKO.name.encode("cp950"))
    put(folder, "record.rtf", "{\\rtf1\\ansi\\ansicpg950 " + coded + "\\par }")


@canary("EPUB, navigation", NAME, "the list of contents")
def epub_navigation(folder: Path) -> None:
    label = "<navLabel><text>2. &#35576;&#33883;&#26144;&#24420;</text></navLabel>"
    toc = f"<ncx><navMap><navPoint>{label}</navPoint></navMap></ncx>"
    put(folder, "record.epub", zipped({"mimetype": "application/epub+zip", "OEBPS/toc.ncx": toc}))


@canary("PDF, information", NAME, "the author as a UTF-16 string in hexadecimal, broken over lines")
def pdf_author(folder: Path) -> None:
    coded = ("\ufeff" + CHENG.name).encode("utf-16-be").hex().upper()
    info = f"<</Title (Record) /Author <{coded[:7]}\n{coded[7:]}>>>".encode()
    put(
        folder,
        "record.pdf",
        pdf(CATALOGUE, PAGES, PAGE, flate(b"BT ET"), HELVETICA, info, trailer=b"/Info 6 0 R "),
    )


@canary("PDF, text", NAME, "compressed text with kerning between pieces and octal escapes")
def pdf_kerning(folder: Path) -> None:
    text = b"BT /F1 12 Tf 20 100 Td [(No) -20 (\\353lle D) 40 (\\047Ar) -15 (cy\\055Fin) 3 (ch)] TJ ET"
    put(folder, "record.pdf", pdf(CATALOGUE, PAGES, PAGE, flate(text), HELVETICA))


@canary("PDF, text by glyph", NAME, "glyph numbers, which only the font's table turns into characters")
def pdf_glyphs(folder: Path) -> None:
    pairs = "\n".join(f"<{at:04X}> <{ord(char):04X}>" for at, char in enumerate(CHUKO.name, 3))
    table = f"/CIDInit /ProcSet findresource begin begincmap\n4 beginbfchar\n{pairs}\nendbfchar endcmap end".encode()
    font = (
        b"<</Type /Font /Subtype /Type0 /BaseFont /Kai /Encoding /Identity-H /ToUnicode 6 0 R "
        b"/DescendantFonts [<</Type /Font /Subtype /CIDFontType2 /BaseFont /Kai>>]>>"
    )
    text = b"BT /F1 12 Tf 20 100 Td <000300040005> Tj <0006> Tj ET"
    put(folder, "record.pdf", pdf(CATALOGUE, PAGES, PAGE, flate(text), font, flate(table)))


@canary("PDF, XMP", NAME, "metadata in XML, beside an empty information dictionary")
def pdf_xmp(folder: Path) -> None:
    xmp = f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{DARCY.name}</dc:creator></x:xmpmeta>'
    catalogue = b"<</Type /Catalog /Pages 2 0 R /Metadata 6 0 R>>"
    meta = flate(xmp.encode(), b"/Type /Metadata /Subtype /XML ")
    put(folder, "record.pdf", pdf(catalogue, PAGES, PAGE, flate(b"BT ET"), HELVETICA, meta))


@canary("PDF, earlier revision", NAME, "saved again by appending: the old page is still there")
def pdf_revision(folder: Path) -> None:
    old = b"BT /F1 12 Tf 20 100 Td (Cheng Yung-chieh spoke.) Tj ET"
    first = pdf(CATALOGUE, PAGES, PAGE, stream(zlib.compress(old), b"/Filter [/FlateDecode] "), HELVETICA)
    new = b"4 0 obj\n" + flate(b"BT /F1 12 Tf 20 100 Td (Speaker 2 spoke.) Tj ET") + b"\nendobj\n"
    tail = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 6 /Root 1 0 R /Prev 9>>\nstartxref\n%d\n%%%%EOF\n"
    put(folder, "record.pdf", first + new + tail % (len(first), len(first) + len(new)))


@canary("PDF, two filters", NAME, "a bookmark in an object stream, deflated and then ASCII85")
def pdf_two_filters(folder: Path) -> None:
    title = ("\ufeff" + CHENG.name).encode("utf-16-be").hex().encode()
    held = b"7 0 <</Title <" + title + b">>>"
    coded = base64.a85encode(zlib.compress(held)) + b"~>"
    objects = stream(coded, b"/Type /ObjStm /N 1 /First 4 /Filter [/ASCII85Decode /FlateDecode] ")
    put(folder, "record.pdf", pdf(CATALOGUE, PAGES, PAGE, flate(b"BT ET"), HELVETICA, objects))


@canary("PDF, attachment", NUMBER, "the file from which it was made is attached")
def pdf_attachment(folder: Path) -> None:
    attached = flate("電話,0923 456 781\n".encode(), b"/Type /EmbeddedFile ")
    put(folder, "record.pdf", pdf(CATALOGUE, PAGES, PAGE, flate(b"BT ET"), HELVETICA, attached))


@canary("zip, gzip member", NAME, "gzip within zip")
def zip_gzip(folder: Path) -> None:
    put(folder, "public.zip", zipped({"record.txt.gz": gzip.compress(f"{CHENG.name}：謝謝。".encode())}))


@canary("zip, member's name", NAME, "the name of a member, in Big5 and without the flag for UTF-8")
def zip_member_name(folder: Path) -> None:
    plain = zipped({"QQQQQQQQ.txt": "謝謝。"})
    put(folder, "public.zip", plain.replace(b"QQQQQQQQ", CHUKO.name.encode("cp950")))


@canary("zip, comment", NAME, "the archive's comment")
def zip_comment(folder: Path) -> None:
    with zipfile.ZipFile(folder / "public.zip", "w") as archive:
        archive.writestr("record.txt", "謝謝。")
        archive.comment = f"packed for {DARCY.name}".encode()


@canary("zip, removed member", NAME, "a member was dropped from the list, but its bytes were left")
def zip_removed_member(folder: Path) -> None:
    old = zipped({"draft.txt": f"{CHENG.name}：謝謝。" * 3})
    held = io.BytesIO(old[: old.index(b"PK\x01\x02")])
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("record.txt", "發言者 2：謝謝。")
    put(folder, "public.zip", held.getvalue())


@canary("tar.xz, owner", NAME, "the packer's login, in the header of a member")
def tar_owner(folder: Path) -> None:
    with tarfile.open(folder / "public.tar.xz", "w:xz") as archive:
        member = tarfile.TarInfo("record.txt")
        member.uname = "chengyungchieh"
        archive.addfile(member)


@canary("tar, pax header", NAME, "an extended header with a comment")
def tar_pax(folder: Path) -> None:
    with tarfile.open(folder / "public.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("record.txt")
        member.pax_headers = {"comment": f"由{CHUKO.name}上傳"}
        archive.addfile(member)


@canary("gzip, header", NAME, "the original file's name in the header")
def gzip_file_name(folder: Path) -> None:
    with (
        (folder / "record.gz").open("wb") as raw,
        gzip.GzipFile("zheng_yongjie.txt", "wb", fileobj=raw) as packed,
    ):
        packed.write("謝謝。".encode())


@canary("gzip, second member", NAME, "two gzip files one behind the other")
def gzip_second_member(folder: Path) -> None:
    put(folder, "log.gz", gzip.compress(b"started\n" * 40) + gzip.compress(f"{CHENG.name}\n".encode()))


@canary("bzip2, JSON", NAME, "escaped JSON, compressed")
def bzip2_json(folder: Path) -> None:
    put(folder, "words.json.bz2", bz2.compress(json.dumps([{"w": CHUKO.name}]).encode()))


@canary("xz in base64", NAME, "a compressed cache within JSON")
def xz_base64(folder: Path) -> None:
    coded = base64.b64encode(lzma.compress(f"hotwords={CHENG.name}".encode())).decode()
    put(folder, "cache.json", json.dumps({"v": 1, "blob": coded}))


@canary("file behind a file", NAME, "an archive appended to a picture")
def zip_behind_picture(folder: Path) -> None:
    pixel = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    put(folder, "cover.gif", pixel + zipped({"notes.txt": f"發言者 2 = {CHUKO.name}\n" * 2}))


CANARIES = collected(globals())
