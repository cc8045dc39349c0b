"""The answer that a browser may only save: never shown, never guessed, never kept by anything on the way."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse

from creo.support.files.content import Media


def attachment(file: BinaryIO, label: str, media: str) -> FileResponse:
    """A verified file as a download (ASVS 3.2.1): attachment, nosniff, private, and a policy that lets nothing run."""
    answer = FileResponse(file, content_type=Media(media).content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(label, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
