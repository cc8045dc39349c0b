"""Files of the last days, so that the page of imports shows each of its states: movements of a day applied, a list
checked with its differences waiting for somebody, and one refused with its errors."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.demo.context import DemoContext
from creo.register.imports import KIND, MOVEMENTS
from creo.register.queries import PresentEpisode, PresentIdentity
from creo.support.imports import commands as imports
from creo.support.imports.models import ImportBatch
from creo.support.refusals import Refused

SITE = "EP-PIURA"
OTHER = "EP-TUMBES"
LISTED = 40
MOVED = 6
OUT, BACK = time(8, 40), time(15, 20)


def load(context: DemoContext) -> dict[str, Any]:
    """Three files at one site; answers the state in which each is left. Nothing where the nation is too small."""
    context.progress(0, 3, _("Archivos de importación"))
    held = [person for person, _name, _place in queries.held_at(context.by, [SITE])]
    Random(f"{context.seed} importaciones").shuffle(held)
    if len(held) < LISTED:
        return {"files": 0}
    day = context.as_of - timedelta(days=1)
    moves = _possible(context, held, day)
    states = [
        _sent(context, MOVEMENTS.code, f"movimientos-{day.isoformat()}.csv", _movement_rows(moves), apply=True),
        _sent(context, KIND.code, f"lista-piura-{day.isoformat()}.csv", _list_rows(context, held), apply=False),
        _sent(context, KIND.code, "ingresos-por-corregir.csv", _faulty_rows(context.as_of), apply=False),
    ]
    context.progress(3, 3, _("Archivos de importación"))
    return {"files": len(states), "movements": len(moves), "states": states}


def _sent(context: DemoContext, kind: str, name: str, rows: Sequence[Mapping[str, str]], *, apply: bool) -> str:
    """Sends and checks a file, and applies it when asked; the state in which it is left."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    by = context.by
    batch: ImportBatch = imports.stage(by=by, kind=kind, mapping="", filename=name, content=[file.getvalue().encode()])
    batch = imports.check(by=by, batch_id=batch.pk)
    if apply and batch.state == ImportBatch.State.CHECKED:
        batch = imports.apply(by=by, batch_id=batch.pk)
    return str(batch.state)


def _possible(context: DemoContext, held: Sequence[int], day: date) -> list[commands.DailyMove]:
    """An escort and its return for some people who can leave that day, found by trying."""
    found: list[commands.DailyMove] = []
    for person in held[LISTED:] or held:
        row, code = 2 + len(found), rules.person_code(person)
        out = commands.DailyMove(
            row, code, "escort", day, OUT, destination=_("Juzgado Penal de Piura"), order=f"Oficio {410 + row}"
        )
        back = commands.DailyMove(row + 1, code, "return", day, BACK)
        try:
            faults = commands.rehearse(context.by, [out, back], today=context.as_of)
        except Refused:
            continue
        if not faults:
            found += [out, back]
        if len(found) == 2 * MOVED:
            break
    return found


def _movement_rows(moves: Sequence[commands.DailyMove]) -> list[dict[str, str]]:
    words = {"escort": "diligencia", "return": "retorno"}
    return [
        {
            "codigo_persona": move.person_code,
            "movimiento": words[move.kind],
            "fecha": move.on.isoformat(),
            "hora": f"{move.at:%H:%M}",
            "lugar": move.destination,
            "orden": move.order,
            "clave": f"PIU-{move.on:%y%m%d}-{move.row:03d}",
        }
        for move in moves
    ]


def _list_rows(context: DemoContext, held: Sequence[int]) -> list[dict[str, str]]:
    """People of the site as the register has them, some told otherwise: what a weekly list brings."""
    people = queries.present_identities(context.by, set(held))
    open_now = {
        person: (admitted, episode)
        for (person, admitted), episode in queries.present_episodes(context.by, set(held)).items()
        if episode.released_on is None
    }
    listed = [person for person in held if person in open_now and people[person].document_number]
    unsure = [person for person in listed if people[person].status == rules.IdentityStatus.PROVISIONAL]
    chosen = [*unsure[:4], *(person for person in listed if person not in unsure)][:LISTED]
    rows = [_row(people[person], *open_now[person]) for person in chosen]
    for place, row in enumerate(rows):
        _tell_otherwise(row, place, context.as_of)
    return rows


def _row(who: PresentIdentity, admitted: date, episode: PresentEpisode) -> dict[str, str]:
    kinds = {"dni": "DNI", "foreign": "documento extranjero"}
    return {
        "tipo_documento": kinds[who.document_kind],
        "numero_documento": who.document_number,
        "nombres": who.given_names,
        "primer_apellido": who.first_surname,
        "segundo_apellido": who.second_surname,
        "fecha_nacimiento": who.birth_date.isoformat() if who.birth_date else "",
        "sexo": {"male": "hombre", "female": "mujer"}.get(who.sex, ""),
        "nacionalidad": who.nationality,
        "establecimiento": SITE,
        "fecha_ingreso": admitted.isoformat(),
        "fecha_egreso": "",
        "tipo_egreso": "",
        "situacion_juridica": episode.legal_status,
        "fecha_situacion": episode.legal_status_on.isoformat() if episode.legal_status_on else "",
        "delito": episode.offence,
        "tentativa": {True: "sí", False: "no"}.get(episode.attempt, "") if episode.attempt is not None else "",
    }


def _tell_otherwise(row: dict[str, str], place: int, today: date) -> None:
    """What the list brings of its own in some rows: a court decided, somebody left, a name was completed."""
    week = (today - timedelta(days=7)).isoformat()
    if place < 4:
        row["nombres"] = f"{row['nombres']} Jesús"
    elif place < 7 and row["fecha_nacimiento"]:
        row["fecha_nacimiento"] = row["fecha_nacimiento"][:8] + (
            "02" if row["fecha_nacimiento"].endswith("01") else "01"
        )
    elif place < 12 and row["situacion_juridica"] == "unsentenced":
        row |= {"situacion_juridica": "sentenced", "fecha_situacion": week}
    elif place < 15:
        row |= {"fecha_egreso": week, "tipo_egreso": "Pena cumplida"}
    elif place < 17:
        row["establecimiento"] = OTHER


def _faulty_rows(today: date) -> list[dict[str, str]]:
    """A list as it comes from a spreadsheet that nobody looked at: made-up people, each with its fault."""
    good = {
        "tipo_documento": "DNI",
        "numero_documento": "00000701",
        "nombres": "Nombre",
        "primer_apellido": "Ejemplo",
        "segundo_apellido": "Uno",
        "fecha_nacimiento": "1999-03-14",
        "sexo": "hombre",
        "establecimiento": "E.P. de Piura",
        "fecha_ingreso": (today - timedelta(days=3)).isoformat(),
        "delito": "Robo agravado",
    }
    faults: tuple[dict[str, str], ...] = (
        {},
        {"numero_documento": "", "tipo_documento": ""},
        {"numero_documento": "00000703", "sexo": "M"},
        {"numero_documento": "00000704", "fecha_ingreso": "31/02/2026"},
        {"numero_documento": "00000705", "establecimiento": "E.P. de Piurra"},
        {"numero_documento": "00000706", "delito": "Robo agrabado"},
        {"numero_documento": "00000707", "fecha_nacimiento": (today + timedelta(days=30)).isoformat()},
        {"numero_documento": "00000701", "fecha_nacimiento": "1998-03-14"},
    )
    return [good | fault for fault in faults]
