"""People with files for tests, and readers of each role at a prison."""

from __future__ import annotations

from datetime import date
from typing import Any

from creo.register import commands, rules
from creo.register.commands import RequestData, Upload
from creo.register.models import Custody
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.support.accounts.readers import Reader, Scope
from creo.support.accounts.tests.factories import reader_as
from creo.support.files.making import plain_pdf

PIURA = Scope("facility", "EP-PIURA")


def at_piura(role: str, user_id: int = 7) -> Reader:
    """Somebody of a role at Piura."""
    return reader_as(role, PIURA, user_id)


def somebody(number: int = 1, facility: str = "EP-PIURA", **other: Any) -> str:
    """A person held since 10 January 2025; their code. Places come with the first, whom the others follow."""
    places = make.places() if number == 1 else {}
    held = Custody.objects.select_related("facility").filter(facility__code=facility)
    where = places.get(facility) or held[0].facility
    who = make.person(number)
    make.identity(who, **{"given_names": f"Rosa {number}", "document_number": f"{70000000 + number:08d}", **other})
    make.custody(who, where)
    return who.code


def upload(text: str = "Mandato", **other: Any) -> Upload:
    """A small PDF with a text of its own."""
    content = plain_pdf([text])
    values: dict[str, Any] = {"filename": "mandato.pdf", "pieces": [content], "title": text}
    return Upload(**(values | other))


def add(code: str, kind: str = "mandate", text: str = "", by: Reader = BY, **other: Any) -> int:
    """A document of a person."""
    return commands.add_document(
        by=by, person_code=code, kind=kind, upload=upload(text or f"{kind} de {code}", **other), today=TODAY
    )


def ask(code: str, received: date = date(2026, 11, 2), kind: str = "rectification", **other: Any) -> str:
    """A request; its number."""
    data = RequestData(kind, "Mi segundo apellido está mal escrito", received, **other)
    return commands.file_request(by=BY, person_code=code, data=data, today=TODAY)


def fact(kind: str = "language", **other: Any) -> rules.ProtectedValue:
    """An answer; a language unless said otherwise."""
    values: dict[str, Any] = {"kind": kind, "answer": "yes", "value": "Quechua"}
    return rules.ProtectedValue(**(values | other))
