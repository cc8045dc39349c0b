"""Pictures without their metadata: where, when and with what they were taken stays with whoever took them.

JPEG segments and PNG chunks are copied one by one; only those that a decoder needs go on. Which way is up is the one
fact that is kept of a photograph, or scans made with a telephone would lie on their side.
"""

from __future__ import annotations

import struct
import zlib

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

MAX_PIXELS = 60_000_000
MAX_CHUNKS = 50_000

_ALONE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_APP_KEPT = {0xE0, 0xEE}  # JFIF and Adobe: how colours are meant
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
_HIDDEN = (b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"<script", b"<html", b"<svg", b"<?php")


def clean_jpeg(content: bytes) -> bytes:
    """The JPEG with the segments a decoder needs. Refused when it is damaged, too large or carries something else."""
    out, place, size, turned = bytearray(b"\xff\xd8"), 2, None, 1
    try:
        while True:
            marker, place = _marker(content, place)
            if marker == 0xD9:
                break
            if marker in _ALONE:
                continue
            length = struct.unpack_from(">H", content, place)[0]
            body = content[place + 2 : place + length]
            if length < 2 or len(body) != length - 2:
                raise ValueError("segment")
            place += length
            if marker == 0xE1 and body.startswith(b"Exif\x00\x00"):
                turned = _orientation(body[6:])
            if marker in _FRAMES:
                size = _frame_size(body)
            if (0xE1 <= marker <= 0xEF and marker not in _APP_KEPT) or marker == 0xFE:
                continue
            out += bytes((0xFF, marker)) + struct.pack(">H", length) + body
            if marker == 0xDA:
                end = _scan_end(content, place)
                out += content[place:end]
                place = end
    except (ValueError, IndexError, struct.error) as error:
        raise Refused(_("La imagen JPEG está dañada o cortada: vuelva a escanearla.")) from error
    if size is None:
        raise Refused(_("La imagen JPEG está dañada o cortada: vuelva a escanearla."))
    _check_pixels(*size)
    _check_rest(content[place:])
    out += b"\xff\xd9"
    return bytes(out[:2]) + _turned(turned) + bytes(out[2:])


def _marker(content: bytes, place: int) -> tuple[int, int]:
    """The marker at a place and the place behind it; fill bytes are passed over."""
    if content[place] != 0xFF:
        raise ValueError("marker")
    while content[place] == 0xFF:
        place += 1
    if content[place] == 0:
        raise ValueError("marker")
    return content[place], place + 1


def _scan_end(content: bytes, place: int) -> int:
    """Where the coded picture that begins at a place ends: before the next marker that is no restart."""
    while True:
        place = content.index(b"\xff", place)
        following = content[place + 1]
        if following == 0 or following in _ALONE:
            place += 2
        elif following == 0xFF:
            place += 1
        else:
            return place


def _frame_size(body: bytes) -> tuple[int, int]:
    height, width = struct.unpack_from(">HH", body, 1)
    return width, height


def _orientation(tiff: bytes) -> int:
    """Which way is up, 1 to 8, from the EXIF; 1 when it does not say or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 1
        start = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind, count) == (0x0112, 3, 1):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _turned(orientation: int) -> bytes:
    """An EXIF segment that says which way is up and nothing else; nothing at all for an upright picture."""
    if orientation == 1:
        return b""
    body = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def clean_png(content: bytes) -> bytes:
    """The PNG with the chunks a decoder needs. Refused when it is damaged, too large or carries something else."""
    out, place, first = bytearray(content[:8]), 8, True
    for _number in range(MAX_CHUNKS):
        if place + 12 > len(content):
            raise Refused(_("La imagen PNG está dañada o cortada: vuelva a escanearla."))
        length, name = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + length]
        damaged = len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big")
        if damaged or first != (name == b"IHDR") or (name not in _PNG_KEPT and not name[0] & 0x20):
            raise Refused(_("La imagen PNG está dañada o cortada: vuelva a escanearla."))
        if first:
            _check_pixels(*struct.unpack_from(">II", chunk, 8))
        first = False
        place += len(chunk)
        if name in _PNG_KEPT:
            out += chunk
        if name == b"IEND":
            _check_rest(content[place:])
            return bytes(out)
    raise Refused(_("La imagen PNG tiene demasiadas partes: vuelva a escanearla."))


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Refused(_("La imagen no tiene tamaño: vuelva a escanearla."))
    if width * height > MAX_PIXELS:
        raise Refused(
            _("La imagen tiene %(size)d megapíxeles y el máximo es %(most)d. Escanéela con menos resolución.")
            % {"size": width * height // 1_000_000, "most": MAX_PIXELS // 1_000_000}
        )


def _check_rest(rest: bytes) -> None:
    """Telephones leave a trailer after the picture: it is dropped, unless it is a file of another kind."""
    lowered = rest.lower()
    if any(mark.lower() in lowered for mark in _HIDDEN):
        raise Refused(_("La imagen lleva otro archivo escondido detrás: vuelva a escanearla."))
