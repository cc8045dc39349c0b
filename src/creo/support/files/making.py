"""The smallest honest PDF: one page of text. For demonstrations and tests."""

from __future__ import annotations

from collections.abc import Sequence


def plain_pdf(lines: Sequence[str]) -> bytes:
    """A page with some lines, the first one large; letters outside Latin-1 become «?»."""
    shown = [line.encode("cp1252", "replace") for line in lines]
    safe = [line.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") for line in shown]
    text = b"BT /F1 16 Tf 60 780 Td 22 TL\n" + b"".join(
        (b"" if not place else b"/F1 11 Tf ") + b"(" + line + b") Tj T*\n" for place, line in enumerate(safe)
    )
    text += b"ET\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(text) + text + b"endstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return assembled(objects)


def assembled(objects: Sequence[bytes]) -> bytes:
    """Objects 1, 2, 3… as a PDF whose first object is the catalogue."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
