"""Acts of the board: run it, accept a finding for a while, end that, change limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import Act, ask, sent
from creo.support.pages import page, positive_int
from creo.support.quality import commands, limiting, queries, wording
from creo.support.quality.checks import Check, check_for
from creo.support.quality.forms import ExceptionForm, LimitsForm, RevokeForm, written
from creo.support.quality.pages.shared import read_once, reader_of
from creo.support.refusals import Forbidden
from creo.support.ui import formats
from creo.support.ui.parts import Fact, Link


@page(Permission.MANAGE_QUALITY)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Queues a run of today."""
    job = commands.start(by=reader_of(request), today=clock.today())
    return HttpResponseRedirect(reverse("jobs:detail", args=(job.pk,)))


@page(Permission.MANAGE_QUALITY)
@read_once
def grant(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Accepts a finding until a day."""
    today = clock.today()
    check, row = queries.finding_in_scope(reader_of(request), finding_id, today)
    form = ExceptionForm(sent(request))

    def act(typed: Any) -> None:
        commands.grant_exception(
            by=reader_of(request),
            finding_id=finding_id,
            reason=typed["reason"],
            expires_on=typed["expires_on"],
            today=today,
        )

    facts = [
        Fact(str(check.subject.title), row.name, note=row.subject_code if row.subject_code != row.name else ""),
        Fact(_("Qué se encontró"), wording.detail(check, row.detail) or str(check.title)),
        Fact(_("Visto desde"), row.first_seen_on, kind="day"),
    ]
    return _act(
        request,
        form,
        act,
        check,
        facts,
        title=_("Exceptuar un hallazgo"),
        button=_("Exceptuar"),
        done=_("La excepción está dada."),
        note=_("Un hallazgo exceptuado no cuenta contra los límites mientras la excepción dure."),
    )


@page(Permission.MANAGE_QUALITY)
@read_once
def revoke(request: HttpRequest, exception_id: int) -> HttpResponse:
    """Ends an exception before its day."""
    check, found, name = queries.exception_in_scope(reader_of(request), exception_id)
    form = RevokeForm(sent(request))

    def act(typed: Any) -> None:
        commands.revoke_exception(
            by=reader_of(request),
            exception_id=exception_id,
            reason=typed["reason"],
            today=clock.today(),
        )

    facts = [
        Fact(str(check.subject.title), name, note=found.subject_code if found.subject_code != name else ""),
        Fact(_("Motivo de la excepción"), found.reason),
        Fact(_("Dada por"), found.granted_by, note=formats.moment(found.granted_at)),
        Fact(_("Vence el"), found.expires_on, kind="day"),
    ]
    return _act(
        request,
        form,
        act,
        check,
        facts,
        title=_("Revocar una excepción"),
        button=_("Revocar la excepción"),
        done=_("La excepción está revocada: el hallazgo vuelve a contar."),
    )


@page(Permission.MANAGE_QUALITY)
@read_once
def limits(request: HttpRequest, code: str) -> HttpResponse:
    """Changes the limits of a check from a day on."""
    check, today = check_for(code), clock.today()
    if not reader_of(request).national:
        raise Forbidden(_("Los límites rigen en todo el país: los cambia alguien con ámbito nacional."))
    now = commands.limits_in_force(check, today)
    start_with = {
        "soft": written(now.kind, now.soft),
        "hard": written(now.kind, now.hard),
        "valid_from": today,
    }
    revises = positive_int(request.GET.get("propuesta"), "propuesta")
    form = LimitsForm(sent(request), kind=now.kind, initial=start_with)

    def act(typed: Any) -> str | None:
        made = limiting.change_limits(
            by=reader_of(request),
            check_code=code,
            soft=form.limit("soft"),
            hard=form.limit("hard"),
            valid_from=typed["valid_from"],
            reason=typed["reason"],
            today=today,
            revises=revises,
        )
        if made is None:
            messages.success(request, _("Los límites están guardados."))
            return None
        messages.success(request, _("El límite máximo cambia cuando otra persona lo apruebe: quedó propuesto."))
        return reverse("approvals:proposal", args=[made.pk])

    facts = [
        Fact(_("Límites de hoy"), wording.limits_text(now)),
        Fact(_("Límites de origen"), wording.limits_text(check.limits), note=_("Valores de la casa")),
        Fact(_("Se cuenta sobre"), str(check.unit)),
    ]
    return _act(
        request,
        form,
        act,
        check,
        facts,
        title=_("Cambiar los límites"),
        button=_("Guardar los límites"),
        done="",
        note=_(
            "Rigen en todo el país. Los anteriores quedan en la historia, con quien los decidió. Otro límite máximo "
            "necesita la aprobación de una segunda persona."
        ),
    )


def _act(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    check: Check,
    facts: Sequence[Fact],
    *,
    title: str,
    button: str,
    done: str,
    note: str = "",
) -> HttpResponse:
    """Asks for an act on a check; `facts` are what it is decided on."""
    board, own = Link(_("Calidad de datos"), reverse("quality:board")), reverse("quality:check", args=(check.code,))
    return ask(
        request,
        form,
        act,
        title=title,
        lead=str(check.title),
        button=button,
        done=done,
        back=own,
        trail=[board, Link(str(check.title), own)],
        template="quality/act.html",
        facts=facts,
        note=note,
    )
