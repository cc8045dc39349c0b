"""One act with its proof, and whether the whole record is what was sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.overview.forms import ReviewForm
from creo.overview.pages.acts import subject_words
from creo.overview.pages.changes import changes
from creo.support.accounts.permissions import Permission
from creo.support.announcements.news import act_words
from creo.support.announcements.places import place_names
from creo.support.asking import ask, sent
from creo.support.jobs import commands as jobs
from creo.support.ledger import proving, status
from creo.support.ledger import queries as ledger
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Row

OPERATION_WORDS = {"I": "Fila agregada", "U": "Fila modificada", "D": "Fila borrada"}
ORIGIN_WORDS = {
    "address": "Dirección",
    "session": "Sesión",
    "key": "Clave de la API",
    "request": "N.º de pedido",
    "job": "Trabajo",
}
MOST_COLUMNS = 30


@page(permission=Permission.VIEW_LEDGER)
def act(request: HttpRequest, number: int) -> HttpResponse:
    """One act: before and after in words, where it came from, its seal, and the rows that it changed."""
    entry = ledger.entry(request.reader, number)
    places, proof = place_names(request.reader), ledger.proof(entry)
    context = {
        "entry": entry,
        "title": act_words(entry.act),
        "trail": [_acts()],
        "facts": _facts(entry, places),
        "changed": changes(entry.act, entry.before or {}, entry.after or {}, places),
        "proof": proof,
        "proof_facts": _proof_facts(entry, proof),
        "columns": _change_columns(),
        "rows": [_change(change) for change in ledger.changes_of(entry)],
    }
    return render(request, "overview/act.html", context)


def _acts() -> Link:
    return Link(_("Registro de actos"), reverse("overview:ledger"))


def _facts(entry: ledger.Entry, places: Mapping[str, str]) -> list[Fact]:
    found: list[Fact] = [
        Fact(label=_("N.º de asiento"), value=entry.pk, kind="number"),
        Fact(label=_("Momento"), value=entry.at, kind="moment"),
        Fact(label=_("Quién"), value=entry.actor),
        Fact(label=_("Código del acto"), value=entry.act),
        Fact(label=_("Sobre"), value=entry.subject_code, note=subject_words(entry.subject_kind)),
        Fact(label=_("Lugar"), value=places.get(entry.place, entry.place) or None),
        Fact(label=_("Motivo"), value=entry.reason or None),
    ]
    for name, value in (entry.context or {}).items():
        found.append(Fact(label=_(ORIGIN_WORDS[name]) if name in ORIGIN_WORDS else name, value=str(value)))
    return found


def _proof_facts(entry: ledger.Entry, proof: ledger.Proof) -> list[Fact]:
    """The digest of now, and that of the block; whoever doubts can compute both again."""
    found: list[Fact] = [Fact(label=_("Huella del asiento (SHA-256)"), value=proof.digest)]
    if proof.block is not None:
        found += [
            Fact(label=_("Huella que se selló"), value=proof.sealed),
            Fact(label=_("Cadena"), value=entry.place or _("nacional")),
            Fact(label=_("Bloque"), value=proof.block.number, kind="number"),
            Fact(label=_("Sellado"), value=proof.block.sealed_at, kind="moment"),
            Fact(label=_("Huella del bloque"), value=proof.block.digest),
            Fact(label=_("Huella del bloque anterior"), value=proof.block.previous),
            Fact(label=_("Clave del sello"), value=proof.block.key),
        ]
    return found


def _change_columns(*, whose: bool = False) -> list[Column]:
    alone = [Column(_("Momento"), "moment"), Column(_("Quién"))] if whose else []
    return [*alone, Column(_("Tabla")), Column(_("Fila")), Column(_("Qué pasó")), Column(_("Columnas"))]


def _change(change: Any, *, whose: bool = False) -> Row:
    """A row as it was and as it became: only the columns that differ."""
    alone: list[object] = [change.at, change.actor] if whose else []
    return Row([*alone, change.table, change.key, _(OPERATION_WORDS[change.operation]), _columns(change)])


def _columns(change: Any) -> str:
    before, after = change.before or {}, change.after or {}
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    told = [_column(name, before, after) for name in names[:MOST_COLUMNS]]
    return "; ".join(told)


def _column(name: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    old, new = (_value(side[name]) if name in side else "" for side in (before, after))
    return f"{name}: {old} → {new}" if name in before and name in after else f"{name}: {new or old}"


def _value(value: object) -> str:
    text = (
        formats.NOTHING if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )
    return text if len(text) <= 80 else f"{text[:80]}…"


# The whole record -----------------------------------------------------------------------------------------------------


@page(permission=Permission.VERIFY_LEDGER)
def integrity(request: HttpRequest) -> HttpResponse:
    """Seals, anchors and guards as they stand now, the last verification, and what somebody must look at."""
    now, places = status.standing(), place_names(request.reader)
    outside = ledger.unaudited(request.reader, request.GET.get("cursor", ""), limit=20)
    context = {
        "now": now,
        "alarms": now.alarms,
        "trail": [_acts()],
        "seal_facts": _seal_facts(now),
        "anchor_facts": _anchor_facts(now),
        "verified": _verified(now),
        "heads": [
            [places.get(h.chain, h.chain) or _("Nacional"), h.number, h.last, f"{h.digest[:16]}…"] for h in now.heads
        ],
        "head_columns": [
            Column(_("Cadena")),
            Column(_("Último bloque"), "number"),
            Column(_("Último asiento"), "number"),
            Column(_("Huella")),
        ],
        "columns": _change_columns(whose=True),
        "rows": [_change(change, whose=True) for change in outside.rows],
        "outside": outside,
        "jumps": _jumps(now),
        "jump_columns": [Column(_("Se vio"), "moment"), Column(_("Segundos"), "number")],
    }
    return render(request, "overview/integrity.html", context)


def _seal_facts(now: status.Standing) -> list[Fact]:
    guards = [Fact(label=_("Guardas de la base de datos"), value=_("En su lugar"), state="yes")]
    if now.guards:
        guards = [Fact(label=_("Guardas de la base de datos"), value=_("Faltan o están alteradas"), state="no")]
    return [
        Fact(label=_("Bloques sellados"), value=now.blocks, kind="number"),
        Fact(label=_("Actos que esperan su sello"), value=now.waiting, kind="number"),
        Fact(
            label=_("Espera más larga"),
            value=_("%(n)s s") % {"n": formats.number(round(now.unsealed_seconds))},
            note=_("se sella cada segundo"),
        ),
        *guards,
        Fact(
            label=_("Se guarda desde"),
            value=now.first_entry,
            kind="moment",
            note=_("Nada se borra: ningún acto del sistema quita asientos (la norma pide dos años o más)."),
        ),
    ]


def _anchor_facts(now: status.Standing) -> list[Fact]:
    found: list[Fact] = []
    if now.anchor is not None:
        found += [
            Fact(label=_("Última ancla"), value=now.anchor.at, kind="moment", note=_("cada hora")),
            Fact(label=_("N.º de ancla"), value=now.anchor.number, kind="number"),
            Fact(label=_("Raíz de las cadenas"), value=now.anchor.root),
        ]
        found += [
            Fact(
                label=_("Autoridad de sellos de tiempo") if place["kind"] == "authority" else _("Guardada en"),
                value=_("Hecho") if place["done"] else _("No llegó"),
                state="yes" if place["done"] else "no",
                note=f"{place['where']} {place['why']}".strip(),
            )
            for place in now.anchor.places
        ]
    else:
        found.append(Fact(label=_("Última ancla"), value=_("Todavía no hay"), state="unknown"))
    if not now.second_place:
        found.append(
            Fact(
                label=_("Segundo lugar"),
                value=_("No hay"),
                state="no",
                note=_(
                    "Sin un segundo lugar, quien tenga esta máquina puede borrar también las anclas: CREO_ANCHOR_DIR."
                ),
            )
        )
    if not now.authority:
        found.append(
            Fact(
                label=_("Autoridad de sellos de tiempo"),
                value=_("No hay"),
                state="unknown",
                note="CREO_TSA_URL",
            )
        )
    return found


def _verified(now: status.Standing) -> dict[str, Any] | None:
    if now.verified is None:
        return None
    told = now.verified.after or {}
    lines = _("%(entries)s asientos, %(blocks)s bloques y %(anchors)s anclas en %(seconds)s s") % {
        name: formats.number(told.get(name, 0)) for name in ("entries", "blocks", "anchors", "seconds")
    }
    return {
        "at": now.verified.at,
        "actor": now.verified.actor,
        "sound": bool(told.get("sound")),
        "text": lines,
        "detail": told.get("detail", ""),
    }


def _jumps(now: status.Standing) -> Sequence[Row]:
    return [
        Row(
            [
                Cell(entry.at, kind="moment", url=reverse("overview:act", args=[entry.pk])),
                (entry.after or {}).get("seconds"),
            ]
        )
        for entry in now.jumps
    ]


@page(permission=Permission.VERIFY_LEDGER)
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for a verification of every entry; the worker does it and its page tells how far it is."""
    if request.method != "POST":
        raise NotFound
    job = jobs.start(
        by=request.reader, kind="ledger.verify", title=_("Verificación del registro de actos"), arguments={}
    )
    return HttpResponseRedirect(reverse("jobs:detail", args=[job.pk]))


@page(permission=Permission.VERIFY_LEDGER)
def review(request: HttpRequest) -> HttpResponse:
    """Says what the changes made outside every act were: the alarm ends, the changes stay."""
    latest = ledger.unaudited(request.reader, limit=1).rows
    form = ReviewForm(sent(request), initial={"until": latest[0].pk if latest else 0})

    def act(typed: Mapping[str, Any]) -> None:
        proving.review_changes(by=request.reader, until=typed["until"], reason=typed["reason"])

    url = reverse("overview:integrity")
    return ask(
        request,
        form,
        act,
        title=_("Revisar cambios fuera de todo acto"),
        lead=_("Lo que escriba queda en el registro de actos, con su nombre."),
        button=_("Dejar constancia"),
        back=url,
        trail=[_acts(), Link(_("Integridad"), url)],
        done=_("Quedó constancia de la revisión."),
    )
