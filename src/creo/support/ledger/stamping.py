"""Time stamps of an outside authority (RFC 3161) over the anchors' sheets; nothing goes out where none is configured.

Only the digest of the sheet is sent, and only to the address that was configured.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response

SECONDS, MOST_BYTES = 10, 1_000_000


def authority() -> str:
    """The address of the authority; '' when there is none."""
    return str(getattr(settings, "CREO_TSA_URL", "") or "")


def stamp(content: bytes) -> tuple[bytes | None, dict[str, Any] | None]:
    """The authority's answer and what happened, as a place of the anchor; (None, None) without an authority."""
    address = authority()
    if not address:
        return None, None
    told = {"kind": "authority", "where": address, "done": False, "why": ""}
    request = TimestampRequestBuilder().data(content).build()
    try:
        answer = _ask(address, request.as_bytes())
        decoded = decode_timestamp_response(answer)
        if not _is_of(answer, content):
            return None, told | {"why": "la respuesta no es de esta hoja o no la firma la autoridad"}
    except (OSError, urllib.error.URLError, ValueError) as error:
        return None, told | {"why": str(error)[:200]}
    return answer, told | {"done": True, "why": decoded.tst_info.gen_time.isoformat()}


def _ask(address: str, content: bytes) -> bytes:
    if not address.startswith(("http://", "https://")):
        raise ValueError("la dirección de la autoridad debe empezar con http:// o https://")
    request = urllib.request.Request(
        address, data=content, headers={"Content-Type": "application/timestamp-query"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return bytes(answer.read(MOST_BYTES))


def _is_of(answer: bytes, content: bytes) -> bool:
    """True when the answer stamps that content and, where the authority's certificate is configured, it signed it."""
    decoded = decode_timestamp_response(answer)
    imprint = decoded.tst_info.message_imprint.message
    if imprint not in (hashlib.sha256(content).digest(), hashlib.sha512(content).digest()):
        return False
    told = getattr(settings, "CREO_TSA_CERTIFICATE", None)
    if not told:
        return True
    from cryptography import x509
    from rfc3161_client import VerificationError

    verifier = VerifierBuilder().add_root_certificate(x509.load_pem_x509_certificate(Path(told).read_bytes())).build()
    try:
        verifier.verify_message(decoded, content)
    except VerificationError:
        return False
    return True
