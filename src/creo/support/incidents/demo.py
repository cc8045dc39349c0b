"""Incidents of the demonstration: one closed in time, one running, one past the clock. Contacts stay empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.readers import Reader, reader_for
from creo.support.incidents import commands
from creo.support.incidents.commands import Assessment, Report
from creo.support.incidents.models import Incident

HANDLER, REPORTER, PLACE = "datos", "registro.piura", "EP-PIURA"
HOUR = timedelta(hours=1)


def load() -> dict[str, Any]:
    """Makes three incidents by the acts that people use; nothing when the demonstration accounts are not there."""
    users = {user.username: user for user in User.objects.filter(username__in=[HANDLER, REPORTER])}
    if len(users) < 2:
        return {"incidents": 0}
    today = clock.today()
    handler, reporter = reader_for(users[HANDLER], today), reader_for(users[REPORTER], today)
    _closed_in_time(handler, reporter)
    _past_the_clock(handler, reporter)
    _running(handler, reporter)
    reminded = commands.remind_due(by=handler, now=clock.now())
    return {"incidents": Incident.objects.count(), "reminded": reminded}


def _reported(by: Reader, kind: str, title: str, text: str, hours_ago: int) -> str:
    now = clock.now().replace(second=0, microsecond=0)
    at = now - hours_ago * HOUR
    told = Report(kind, title, text, PLACE, at - 2 * HOUR, at)
    return commands.report(by=by, told=told, now=now).code


def _assess(by: Reader, code: str, severity: str, digital: str, kinds: tuple[str, ...], people: int | None) -> None:
    text = _("Por la lista de fichas y el registro de actos (demostración)")
    told = Assessment(severity, "yes", digital, kinds, people, text)
    commands.assess(by=by, code=code, told=told, now=clock.now())


def _closed_in_time(handler: Reader, reporter: Reader) -> None:
    code = _reported(
        reporter,
        "theft",
        _("Se extravió una copia impresa de la lista del pabellón (demostración)"),
        _("La copia no volvió a la oficina al cierre del turno. Se encontró al día siguiente en el archivo."),
        120,
    )
    _assess(handler, code, "medium", "no", ("identity", "legal"), 38)
    now = clock.now()
    known = now.replace(second=0, microsecond=0) - 120 * HOUR
    measure = _("Se recogieron las copias y se prohibió imprimir la lista sin registro (demostración)")
    commands.add_measure(by=handler, code=code, at=known + 3 * HOUR, text=measure, now=now)
    for whom, hours, reference in (
        ("autoridad", 20, _("Cargo de mesa de partes (demostración)")),
        ("personas", 30, _("Aviso escrito con cargo de recepción (demostración)")),
    ):
        text = _("Se dio el aviso con lo que constaba (demostración)")
        commands.notify(
            by=handler, code=code, whom=whom, at=known + hours * HOUR, reference=reference, text=text, now=now
        )
    text = _("La copia apareció completa. Desde hoy las listas se consultan en pantalla (demostración).")
    commands.close(by=handler, code=code, text=text, now=now)


def _past_the_clock(handler: Reader, reporter: Reader) -> None:
    code = _reported(
        reporter,
        "account",
        _("Una cuenta se usó mientras su titular estaba de licencia (demostración)"),
        _("El registro de actos muestra consultas de la cuenta en dos noches de licencia."),
        60,
    )
    _assess(handler, code, "high", "yes", ("identity", "credentials"), None)


def _running(handler: Reader, reporter: Reader) -> None:
    code = _reported(
        reporter,
        "disclosure",
        _("Una lista con datos de salud se envió a un correo equivocado (demostración)"),
        _("El destinatario avisó y borró el mensaje; se le pidió una constancia."),
        26,
    )
    _assess(handler, code, "critical", "no", ("identity", "health"), 12)
    at = clock.now().replace(second=0, microsecond=0) - 20 * HOUR
    text = _("Se pidió y se recibió constancia de borrado (demostración)")
    commands.add_measure(by=handler, code=code, at=at, text=text, now=clock.now())
