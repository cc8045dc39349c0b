"""AES-256-GCM as everything here uses it: random nonce, key number in the value, the value bound to its place.

A sealed text is `s1.<key number>.<base64url of nonce, text and tag>`. What it belongs to (table, column, row) is
authenticated and not stored: moved anywhere else it does not open. Texts are filled up to whole blocks, so that their
length does not tell «Quechua» from «Castellano».
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from creo.support.secrets import hiding, ring
from creo.support.secrets.hiding import SealedText

VERSION = "s1"
NONCE = 12
BLOCK = 48  # With the mark of its end, whole blocks: 48 letters, then 96…
END = b"\x80"
INDEX_BYTES = 16


class Unopened(RuntimeError):
    """A sealed value that does not open: moved, changed, or of a key that this ring does not have."""


def seal(text: str, belongs: str) -> str:
    """The sealed form of a text for one place. The empty text stays empty: that nothing was said is no secret."""
    if text == "":
        return ""
    hiding.remember(text)
    key = ring.load().current
    return f"{VERSION}.{key.id}.{base64.urlsafe_b64encode(encrypt(key, _filled(text.encode()), belongs)).decode()}"


def unseal(sealed: str, belongs: str) -> str:
    """The text of a sealed value. Unopened unless it is whole and of that very place."""
    if sealed == "":
        return ""
    try:
        version, key_id, body = sealed.split(".")
        data = base64.b64decode(body, altchars=b"-_", validate=True)
    except ValueError:
        raise Unopened(f"El valor de {_where(belongs)} no está cifrado.") from None
    if version != VERSION:
        raise Unopened(f"El valor de {_where(belongs)} no está cifrado.")
    plain = decrypt(key_id, data, belongs)
    text = SealedText(plain[: plain.rindex(END)].decode())
    hiding.remember(text)
    return text


def encrypt(key: ring.Key, data: bytes, belongs: str) -> bytes:
    """Nonce, data and tag."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key.secret).encrypt(nonce, data, belongs.encode())


def decrypt(key_id: str, data: bytes, belongs: str) -> bytes:
    """What `encrypt` was given. Unopened for a key that is not in the ring, another place, or one bit changed."""
    key = ring.load().find(key_id)
    if key is None:
        raise Unopened(f"La clave [{key_id[:12]}] de {_where(belongs)} no está en el archivo de claves.")
    try:
        return AESGCM(key.secret).decrypt(data[:NONCE], data[NONCE:], belongs.encode())
    except (InvalidTag, ValueError):
        raise Unopened(f"El valor de {_where(belongs)} fue cambiado o movido: no se abre.") from None


def blind_index(text: str, column: str) -> str:
    """What finds a number without opening any: the same number in the same column gives the same, never in another.

    Written with spaces, hyphens or small letters it is the same number. Empty for nothing.
    """
    plain = normalised(text)
    if not plain:
        return ""
    mac = hmac.new(ring.load().index, f"{column}\0{plain}".encode(), hashlib.sha256)
    return mac.hexdigest()[: 2 * INDEX_BYTES]


def normalised(text: str) -> str:
    """A number as it is compared: letters and digits alone, capital; leading zeros count."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def _filled(data: bytes) -> bytes:
    data += END
    return data + b"\0" * (-len(data) % BLOCK)


def _where(belongs: str) -> str:
    """The column alone: an error tells no row."""
    return belongs.split("/")[0]
