"""Reports of browsers about what the content policy refused: a line in the log, without a word of the page itself."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger("creo.policy")
LONGEST = 16_384
A_MINUTE = 30


@csrf_exempt
@require_POST
def reports(request: HttpRequest) -> HttpResponse:
    """Takes a report, from anybody, as browsers send them without asking. Always 204."""
    body = request.read(LONGEST + 1)
    if len(body) <= LONGEST and _room():
        for violation in _violations(body):
            log.warning("política: %s", violation)
    return HttpResponse(status=204)


def _room() -> bool:
    """At most thirty a minute in each process: a log is no place to write at will."""
    cache.add("policy-reports", 0, timeout=60)
    return int(cache.incr("policy-reports")) <= A_MINUTE


def _violations(body: bytes) -> list[str]:
    """What was refused where, in words of our own choosing; nothing for what is no report."""
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = []
    for each in (sent if isinstance(sent, list) else [sent])[:5]:
        told = each.get("body") or each.get("csp-report") if isinstance(each, dict) else None
        if isinstance(told, dict):
            directive = (
                told.get("effectiveDirective") or told.get("effective-directive") or told.get("violated-directive")
            )
            blocked = _where(told.get("blockedURL") or told.get("blocked-uri"), path=False)
            page = _where(told.get("documentURL") or told.get("document-uri"), path=True)
            found.append(f"{_word(directive)} no admite {blocked} en {page}")
    return found


def _where(address: object, *, path: bool) -> str:
    """Host or first step of an address: what follows may name a person (ASVS v5.0.0-14.2.1)."""
    try:
        parts = urlsplit(str(address or ""))
    except ValueError:
        return "?"
    step = "/" + parts.path.strip("/").split("/")[0]
    return _word(step if path else parts.netloc or parts.path)


def _word(text: object) -> str:
    """One short word of a stranger, on one line."""
    return "".join(each for each in str(text or "?")[:60] if each.isprintable() and each != " ") or "?"
