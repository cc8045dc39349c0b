"""Acts of the board: run it, accept a finding for a while, end that, change limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.quality import commands, queries, wording
from creo.support.quality.checks import check_for
from creo.support.quality.forms import ExceptionForm, LimitsForm, RevokeForm, add_refusal, written
from creo.support.quality.pages.shared import read_once, reader_of
from creo.support.refusals import Forbidden, Refused
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
    form = ExceptionForm(_sent(request))

    def act() -> None:
        commands.grant_exception(
            by=reader_of(request),
            finding_id=finding_id,
            reason=form.cleaned_data.get("reason", ""),
            expires_on=form.cleaned_data.get("expires_on"),
            today=today,
        )

    facts = [
        Fact(str(check.subject.title), row.name, note=row.subject_code if row.subject_code != row.name else ""),
        Fact(_("Qué se encontró"), wording.detail(check, row.detail) or str(check.title)),
        Fact(_("Visto desde"), row.first_seen_on, kind="day"),
    ]
    words = {
        "title": _("Exceptuar un hallazgo"),
        "button": _("Exceptuar"),
        "done": _("La excepción está dada."),
        "note": _("Un hallazgo exceptuado no cuenta contra los límites mientras la excepción dure."),
    }
    return _act(request, form, act, check.code, str(check.title), facts, words)


@page(Permission.MANAGE_QUALITY)
@read_once
def revoke(request: HttpRequest, exception_id: int) -> HttpResponse:
    """Ends an exception before its day."""
    check, found, name = queries.exception_in_scope(reader_of(request), exception_id)
    form = RevokeForm(_sent(request))

    def act() -> None:
        commands.revoke_exception(
            by=reader_of(request),
            exception_id=exception_id,
            reason=form.cleaned_data.get("reason", ""),
            today=clock.today(),
        )

    facts = [
        Fact(str(check.subject.title), name, note=found.subject_code if found.subject_code != name else ""),
        Fact(_("Motivo de la excepción"), found.reason),
        Fact(_("Dada por"), found.granted_by, note=formats.moment(found.granted_at)),
        Fact(_("Vence el"), found.expires_on, kind="day"),
    ]
    words = {
        "title": _("Revocar una excepción"),
        "button": _("Revocar la excepción"),
        "done": _("La excepción está revocada: el hallazgo vuelve a contar."),
        "note": "",
    }
    return _act(request, form, act, check.code, str(check.title), facts, words)


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
    form = LimitsForm(_sent(request), kind=now.kind, initial=start_with)

    def act() -> None:
        commands.set_limits(
            by=reader_of(request),
            check_code=code,
            soft=form.limit("soft"),
            hard=form.limit("hard"),
            valid_from=form.cleaned_data.get("valid_from"),
            reason=form.cleaned_data.get("reason", ""),
            today=today,
        )

    facts = [
        Fact(_("Límites de hoy"), wording.limits_text(now)),
        Fact(_("Límites de origen"), wording.limits_text(check.limits), note=_("Valores de la casa")),
        Fact(_("Se cuenta sobre"), str(check.unit)),
    ]
    words = {
        "title": _("Cambiar los límites"),
        "button": _("Guardar los límites"),
        "done": _("Los límites están guardados."),
        "note": _("Rigen en todo el país. Los anteriores quedan en la historia, con quien los decidió."),
    }
    return _act(request, form, act, code, str(check.title), facts, words)


def _sent(request: HttpRequest) -> Any:
    """What was sent, also when it is nothing; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def _act(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], None],
    code: str,
    title: str,
    facts: Sequence[Fact],
    words: dict[str, str],
) -> HttpResponse:
    """The form of one act; a refusal comes back beside its fields, with what was typed and status 422."""
    back = reverse("quality:check", args=(code,))
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        # Also with a field that does not read: the command gets it empty, refuses it and says what else is wrong.
        try:
            act()
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, words["done"])
            return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        "form": form,
        "facts": facts,
        "back_url": back,
        "check_title": title,
        "trail": [Link(_("Calidad de datos"), reverse("quality:board")), Link(title, back)],
    } | words
    return render(request, "quality/act.html", context, status=status)
