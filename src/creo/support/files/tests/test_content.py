"""What is accepted, what is refused and why, whatever the name says; and pictures without their metadata."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from creo.support.files import content, images
from creo.support.files.making import plain_pdf
from creo.support.files.tests import makers
from creo.support.files.tests.makers import PDF, SECRET, chunk, exif, jpeg, pdf_with, png, segment, stream
from creo.support.refusals import Refused

JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
SECONDS, MEMORY = 5.0, 150 * 2**20  # security.md S18

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "vacío"),
    "a page with a script": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "página web"),
    "an SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "an XML with entities": (lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a/>', "página web"),
    "a plain text": (lambda: b"=cmd|' /C calc'!A0", "no es un PDF"),
    "a shell script": (lambda: b"#!/bin/sh\nrm -rf /\n", "programa"),
    "a program of Windows": (lambda: b"MZ\x90\x00" + bytes(200), "programa"),
    "a program of Linux": (lambda: b"\x7fELF" + bytes(200), "programa"),
    "an archive": (makers.zipped, "comprimido"),
    "an old document of Word": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "Office"),
    "a GIF": (lambda: b"GIF89a" + bytes(30), "GIF"),
    "a TIFF": (lambda: b"II*\x00" + bytes(30), "TIFF"),
    "a WebP": (lambda: b"RIFF\x00\x00\x00\x00WEBP", "multimedia"),
    "a PDF that is an archive too": (lambda: makers.zip_behind(PDF, b"\n%%EOF\n"), "hace pasar"),
    "a JPEG that is an archive too": (lambda: makers.zip_behind(jpeg(), b""), "hace pasar"),
    "a PNG that is an archive too": (lambda: makers.zip_behind(png(), b"final"), "hace pasar"),
    "a PDF that a browser takes for a page": (lambda: PDF.replace(b"\xe2\xe3", b"<script>x"), "hace pasar"),
    "a PNG that a browser takes for a page": (lambda: png(4, 4, chunk(b"tEXt", b"a\x00<html >")), "hace pasar"),
    "a PDF with a page behind its end": (lambda: PDF + b"<b>x</b>", "después de su final"),
    "a PDF cut in the middle": (lambda: PDF[:-20], "cortado"),
    "a PDF in name only": (lambda: b"%PDF-\n%%EOF", "no lo es"),
    "a PDF with JavaScript": (lambda: pdf_with(b"/OpenAction " + JS), "JavaScript"),
    "JavaScript with its name in hexadecimal": (lambda: pdf_with(JS.replace(b"Java", b"#4a#61v#61")), "JavaScript"),
    "JavaScript in a packed object": (lambda: makers.packed_objects(JS), "JavaScript"),
    "JavaScript in a packed object that is damaged": (lambda: makers.packed_objects(JS, damaged=True), "JavaScript"),
    "JavaScript packed under the name of an image": (
        lambda: makers.packed_objects(JS, disguised=True),
        "JavaScript",
    ),
    "JavaScript inside an open stream": (lambda: pdf_with(b"", stream(b"", b"9 0 obj " + JS)), "JavaScript"),
    "JavaScript in an unpacked object stream": (
        lambda: pdf_with(b"", stream(b"/Type /ObjStm /N 1 /First 4", b"7 0 << /EF 3 0 R >>")),
        "adjuntos",
    ),
    "objects packed in a way nobody can look at": (
        lambda: pdf_with(b"", stream(b"/Type /ObjStm /N 1 /First 4 /Filter [/ASCII85Decode /FlateDecode]", b"x")),
        "no se puede revisar",
    ),
    "objects packed behind a predictor": (
        lambda: pdf_with(
            b"",
            stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /DecodeParms << /Predictor 12 >>", b"x"),
        ),
        "no se puede revisar",
    ),
    "a PDF that starts a program": (lambda: pdf_with(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "programas"),
    "a PDF with an attached file": (lambda: pdf_with(b"/Names << /EmbeddedFiles 3 0 R >>"), "adjuntos"),
    "a PDF with an attachment on a page": (lambda: pdf_with(b"/A << /Subtype /FileAttachment >>"), "adjuntos"),
    "a PDF with a film": (lambda: pdf_with(b"/A << /Subtype /RichMedia >>"), "multimedia"),
    "a PDF with a form that sends": (lambda: pdf_with(b"/A << /S /SubmitForm /F (http://x) >>"), "envía datos"),
    "a PDF with a dynamic form": (lambda: pdf_with(b"/AcroForm << /XFA 3 0 R >>"), "dinámico"),
    "a PDF that leads to other files": (lambda: pdf_with(b"/A << /S /GoToR /F (//server/x) >>"), "otros archivos"),
    "a PDF with a password": (lambda: PDF.replace(b"/Root", b"/Encrypt 3 0 R /Root"), "contraseña"),
    "a PDF whose objects unpack without end": (
        lambda: pdf_with(
            b"",
            stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", zlib.compress(b"7 0 " + bytes(300 * 2**20), 1)),
        ),
        "expande",
    ),
    "a PDF of a hundred thousand streams": (lambda: pdf_with(b"", b"stream\n" * 100_000), "demasiadas partes"),
    "a PDF of overlapping damaged streams": (
        lambda: pdf_with(b"", (b"stream\n" + zlib.compress(b"1 2 " + bytes(range(256)) * 90)[:400]) * 3_000),
        "expande",
    ),
    "a JPEG cut in the middle": (lambda: jpeg()[:40], "dañada"),
    "a JPEG without picture": (lambda: b"\xff\xd8\xff\xd9", "dañada"),
    "a JPEG with a lying segment": (lambda: b"\xff\xd8\xff\xe0\x00\x01" + jpeg()[4:], "dañada"),
    "a JPEG of ninety megapixels": (lambda: jpeg(10_000, 9_000), "90 megapíxeles"),
    "a JPEG with a PDF behind": (lambda: jpeg(after=PDF), "escondido"),
    "a PNG cut in the middle": (lambda: png()[:50], "dañada"),
    "a PNG with a wrong sum": (lambda: png().replace(b"IDAT", b"IDAT", 1)[:-1] + b"\x00", "dañada"),
    "a PNG with an unknown part that matters": (lambda: png(4, 4, chunk(b"XXXX", b"")), "dañada"),
    "a PNG with two headers": (lambda: png(4, 4, chunk(b"IHDR", bytes(13))), "dañada"),
    "a PNG of nine hundred megapixels": (lambda: png(30_000, 30_000), "900 megapíxeles"),
    "a PNG without size": (lambda: png(0, 4), "no tiene tamaño"),
    "a PNG of a hundred thousand parts": (lambda: png(4, 4, chunk(b"IDAT", b"") * 60_000), "demasiadas partes"),
    "a PNG with a script behind": (
        lambda: png(4, 4, chunk(b"IDAT", bytes(256) * 8), after=b"<ScRiPt>alert(1)</script>"),
        "escondido",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_soon_and_with_little_memory(name: str) -> None:
    made, words = HOSTILE[name]
    data = made()
    tracemalloc.start()
    begun = time.process_time()
    try:
        with pytest.raises(Refused) as refusal:
            content.look(data)
        assert words in refusal.value.messages[0]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < SECONDS
    assert peak < MEMORY


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (PDF, "pdf"),
        (PDF + b"\r\n\x00", "pdf"),
        (jpeg(), "jpeg"),
        (jpeg(7_000, 8_000), "jpeg"),
        (png(), "png"),
        (pdf_with(b"/OpenAction [3 0 R /Fit] /Lang (es)"), "pdf"),
        (pdf_with(b"/A << /S /URI /URI (https://www.gob.pe) >>"), "pdf"),
        (pdf_with(b"/LaunchPad 1 /JavaScripts 2 /XFAB 3"), "pdf"),
        (makers.packed_objects(b"<< /Type /Page /Text (JavaScript) >>"), "pdf"),
        (pdf_with(b"", stream(b"/Filter /DCTDecode /Subtype /Image", jpeg())), "pdf"),
        (pdf_with(b"", stream(b"/Filter /FlateDecode", zlib.compress(b"q 0 0 9 9 re /EF gs " * 9_000))), "pdf"),
    ],
)
def test_an_honest_file_passes(data: bytes, media: str) -> None:
    looked = content.look(data)
    assert looked.media == media
    if media == "pdf":
        assert looked.content == data, "nothing is repaired in a PDF"


def test_the_name_is_never_asked_and_every_kind_has_its_type_and_suffix() -> None:
    kinds = {content.look(data).media for data in (PDF, jpeg(), png())}
    assert kinds == set(content.Media)
    assert {kind.content_type for kind in kinds} == {"application/pdf", "image/jpeg", "image/png"}
    assert {kind.suffix for kind in kinds} == {".pdf", ".jpg", ".png"}


# Pictures -------------------------------------------------------------------------------------------------------------


def test_a_jpeg_loses_where_when_and_with_what_it_was_taken_but_not_which_way_is_up() -> None:
    sent = jpeg(16, 16, exif(6), segment(0xE2, b"ICC" + SECRET), segment(0xFE, SECRET), segment(0xED, SECRET))
    kept = images.clean_jpeg(sent)
    assert SECRET not in kept and SECRET in sent
    assert b"ICC" not in kept
    assert images._orientation(kept[kept.index(b"Exif\x00\x00") + 6 :]) == 6
    assert b"JFIF" in kept and kept[-9:] == b"\x3f\xff\x00\x2a\xff\xd0\x15\xff\xd9"


def test_a_jpeg_that_is_already_clean_stays_as_it_is() -> None:
    assert images.clean_jpeg(jpeg()) == jpeg()
    once = images.clean_jpeg(jpeg(16, 16, exif(3)))
    assert images.clean_jpeg(once) == once


@pytest.mark.parametrize("orientation", [0, 1, 9, 70])
def test_an_upright_or_unreadable_orientation_leaves_no_exif_at_all(orientation: int) -> None:
    assert b"Exif" not in images.clean_jpeg(jpeg(16, 16, exif(orientation)))


def test_the_trailer_of_a_telephone_is_dropped() -> None:
    assert images.clean_jpeg(jpeg(after=b"SEFH" + SECRET)) == jpeg()
    assert images.clean_png(png(after=bytes(30))) == png()


def test_a_png_loses_its_texts_dates_and_profiles() -> None:
    extra = [chunk(name, SECRET) for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"prVt")]
    kept = images.clean_png(png(4, 4, chunk(b"pHYs", bytes(9)), *extra))
    assert kept == png(4, 4, chunk(b"pHYs", bytes(9)))


@given(st.binary(max_size=400))
@example(b"\xff\xd8\xff\xe1\x00\x08Exif\x00\x00")
@example(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND")
@example(b"%PDF-1.4 stream\n%%EOF")
def test_any_bytes_end_in_a_file_or_in_words(data: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n"):
        try:
            content.look(start + data)
        except Refused as refusal:
            assert refusal.messages and all(refusal.messages)


@given(st.integers(0, 300), st.binary(min_size=1, max_size=6))
def test_a_damaged_picture_is_refused_or_still_clean(place: int, damage: bytes) -> None:
    sent = jpeg(16, 16, exif(6), segment(0xFE, SECRET))
    place %= len(sent)
    try:
        kept = images.clean_jpeg(sent[:place] + damage + sent[place + len(damage) :])
    except Refused:
        return
    assert kept.startswith(b"\xff\xd8") and kept.endswith(b"\xff\xd9")
    size = struct.unpack_from(">HH", kept, kept.index(b"\xff\xc0") + 5) if b"\xff\xc0" in kept else (1, 1)
    assert size[0] * size[1] <= images.MAX_PIXELS


def test_a_generated_page_is_a_pdf_that_reads_as_written() -> None:
    data = plain_pdf(["Título (con signos) \\ y ñ", "日本"])
    assert content.look(data).media == "pdf"
    assert b"T\xedtulo \\(con signos\\) \\\\ y \xf1" in data and b"??" in data
