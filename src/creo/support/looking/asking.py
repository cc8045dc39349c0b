"""The one way of a page to a sensitive sheet: with a purpose in force it goes on, without one it asks for it.

found = with_purpose(request, sheet="protected", code=head.code, name=head.name, back=tab.url, trail=trail)
if isinstance(found, HttpResponse):
    return found
sheet = commands.look_at_protected(by=request.reader, person_code=head.code, purpose=found)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from creo.kernel.access import Access
from creo.support import clock
from creo.support.asking import about, ask, sent
from creo.support.looking import commands, queries
from creo.support.looking.forms import PurposeForm
from creo.support.looking.sheets import sheet_named
from creo.support.ui.parts import Link

CLASS_WORDS = {
    Access.HEALTH: "Datos sensibles de salud, discapacidad, lengua, comunidad y familia. Solo se abren para una "
    "finalidad, y cada consulta queda registrada (Ley 29733, art. 2.5).",
    Access.ASSESSMENT: "Evaluaciones de los equipos técnicos. Solo se abren para una finalidad, y cada consulta queda "
    "registrada (Reglamento del Código de Ejecución Penal, arts. 13 y 51).",
    Access.LEGAL: "Situación jurídica de la persona: dato reservado. Solo se abre para una finalidad, y cada consulta "
    "queda registrada (Reglamento del Código de Ejecución Penal, art. 13).",
    Access.CONFIDENTIAL: "El expediente entero de la persona. Solo se abre para una finalidad, y cada consulta queda "
    "registrada (Reglamento del Código de Ejecución Penal, arts. 13 y 14).",
}


def with_purpose(
    request: HttpRequest,
    *,
    sheet: str,
    code: str,
    name: str,
    back: str,
    trail: Sequence[Link],
    onward: str = "",
    kind: str = "person",
) -> str | HttpResponse:
    """The purpose in force for a sheet of a file, or the page that asks for it. The caller has checked the scope.

    A form with a `purpose` that is sent here is the answer to the question. Then the reader goes on to `onward`, by
    default this same address.
    """
    wanted = sheet_named(sheet)
    asked = request.method == "POST" and "purpose" in request.POST
    purpose = "" if asked else queries.stated_purpose(_reader(request), kind, code, wanted.access, clock.now())
    return purpose or ask_purpose(
        request, sheet=sheet, code=code, name=name, back=back, trail=trail, onward=onward, kind=kind
    )


def ask_purpose(
    request: HttpRequest,
    *,
    sheet: str,
    code: str,
    name: str,
    back: str,
    trail: Sequence[Link],
    onward: str = "",
    kind: str = "person",
) -> HttpResponse:
    """The page that asks what a sheet is opened for, and its answer. Forbidden without the sheet's permission."""
    wanted, now = sheet_named(sheet), clock.now()
    _reader(request).require(wanted.permission)

    def act(typed: Any) -> str:
        commands.state_purpose(
            by=_reader(request), kind=kind, code=code, sheet=wanted.name, purpose=typed["purpose"], now=now
        )
        return onward or request.get_full_path()

    return ask(
        request,
        PurposeForm(sent(request), wanted.access, now),
        act,
        title=str(wanted.words),
        lead=about(name, code),
        button=_("Abrir"),
        back=back,
        trail=trail,
        template="looking/purpose.html",
        class_text=_(CLASS_WORDS[wanted.access]),
    )


def _reader(request: HttpRequest) -> Any:
    return request.reader  # type: ignore[attr-defined]
