"""Files for tests, honest and hostile, made by hand: no picture library, no network."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from creo.support.files.making import assembled, plain_pdf

PDF = plain_pdf(["Mandato de prueba", "Documento inventado"])
SECRET = b"GPS -5.1945,-80.6328 ACME Phone"


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int = 6) -> bytes:
    """An EXIF block with an orientation and a secret."""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0) + SECRET
    return segment(0xE1, b"Exif\x00\x00" + tiff)


def jpeg(width: int = 16, height: int = 16, *extra: bytes, after: bytes = b"") -> bytes:
    """A grey picture, with more segments behind the first."""
    lengths = bytes((0, 1, *([0] * 14)))
    parts = [
        b"\xff\xd8",
        segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        *extra,
        segment(0xDB, b"\x00" + bytes([16] * 64)),
        segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        segment(0xC4, b"\x00" + lengths + b"\x00"),
        segment(0xC4, b"\x10" + lengths + b"\x00"),
        segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
        b"\x3f\xff\x00\x2a\xff\xd0\x15",
        b"\xff\xd9",
    ]
    return b"".join(parts) + after


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 4, height: int = 4, *extra: bytes, after: bytes = b"") -> bytes:
    """A grey picture, with more chunks behind the first."""
    rows = b"".join(b"\x00" + b"\x80" * min(width, 64) for _row in range(min(height, 64)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body + after


def zipped() -> bytes:
    """A small archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("secreto.txt", "x")
    return target.getvalue()


def pdf_with(catalogue: bytes, *more: bytes) -> bytes:
    """A PDF whose catalogue holds something else; objects 2 on are `more`."""
    return assembled([b"<< /Type /Catalog /Pages 9 0 R " + catalogue + b" >>", *more])


def stream(dictionary: bytes, body: bytes) -> bytes:
    """A PDF stream."""
    return b"<< " + dictionary + b" /Length %d >>\nstream\n" % len(body) + body + b"\nendstream"


def packed_objects(inner: bytes, *, damaged: bool = False, disguised: bool = False) -> bytes:
    """A PDF that hides an object in a packed object stream."""
    body = zlib.compress(b"7 0 " + inner + b" " * 5_000)
    body = body[:-8] + b"\xff" * 40 if damaged else body
    kind = b"/Subtype /Image" if disguised else b"/Type /ObjStm /N 1 /First 4"
    return pdf_with(b"", stream(kind + b" /Filter /FlateDecode", body))


def zip_behind(content: bytes, comment: bytes) -> bytes:
    """A file that is an archive too: its directory stands near the end, its comment closes the file."""
    target = io.BytesIO()
    target.write(content)
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr("secreto.txt", "x")
        packed.comment = comment
    return target.getvalue()
