"""Files, protected facts, references and requests for some people of the five sites of the programme."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from creo.register import commands, queries, rules
from creo.register.commands import BiometricData, RequestData, Upload
from creo.register.demo.context import DemoContext
from creo.support.files.making import plain_pdf
from creo.support.ui import formats

# Lima, Piura, Huancayo, Arequipa and Pucallpa (programme line 186).
SITES = ("EP-LURIGANCHO", "EP-PIURA", "EP-HUANCAYO", "EP-AREQUIPA", "EP-PUCALLPA")
PEOPLE_A_SITE = 4
PAPERS = (
    "mandate",
    "identification_sheet",
    "penological_sheet",
    "medical_report",
    "classification_report",
    "evaluations",
)
LANGUAGES = (("Castellano", False), ("Quechua", True), ("Quechua", False), ("Asháninka", True), ("Aimara", None))
SYSTEM = "AFIS de demostración"
# Days before today on which a request came, what it asks, and how far it got.
REQUESTS: tuple[tuple[int, str, str, str], ...] = (
    (4, "rectification", "Mi segundo apellido está mal escrito en la ficha.", ""),
    (9, "access", "Pido copia de mi expediente personal.", "assign"),
    (45, "rectification", "Mi fecha de ingreso no es la que figura.", "assign"),
    (20, "rectification", "Mi nombre está incompleto: falta el segundo nombre.", "accept"),
    (38, "opposition", "No quiero que mi dirección figure en los listados.", "accept_partly"),
    (60, "cancellation", "Pido que se borre una sanción anterior.", "reject"),
)


@dataclass(frozen=True, slots=True)
class _Someone:
    code: str
    facility: str
    facility_name: str
    admitted_on: date
    sex: str
    away: bool


def load(context: DemoContext) -> dict[str, Any]:
    """Fills the files of some people of each site; answers how many of each thing it made."""
    chance = random.Random(context.seed + 6)
    people = list(_people(context))
    made = {"people": len(people), "documents": 0, "facts": 0, "references": 0, "requests": 0}
    for place, someone in enumerate(people):
        made["documents"] += _papers(context, someone, place, chance)
        made["facts"] += _facts(context, someone, place, chance)
        made["references"] += _references(context, someone, place)
    for someone, request in zip(people, REQUESTS, strict=False):
        made["requests"] += 1
        _request(context, someone, *request)
    made["left"] = _one_leaves(context, people)
    return made


def _one_leaves(context: DemoContext, people: list[_Someone]) -> int:
    """Somebody of Piura is transferred: what Piura registered stays readable there. How many were."""
    origin, target = SITES[1], SITES[3]
    # The last of them: the first have requests, which its accounts meet at once.
    for someone in reversed(people):
        if someone.facility == origin and not someone.away:
            commands.transfer(
                by=context.by,
                person_code=someone.code,
                from_facility=origin,
                to_facility=target,
                on=context.as_of,
                reason="Resolución de traslado de demostración",
                today=context.as_of,
            )
            return 1
    return 0


def _people(context: DemoContext) -> Iterator[_Someone]:
    """The first people of each site; one of Piura first, so that its accounts meet requests at once."""
    found = [
        [
            _Someone(row.code, site, row.facility_name, row.admitted_on or context.as_of, row.sex, bool(row.absence))
            for row in queries.people_page(context.by, queries.PeopleFilters(facility=site)).rows[:PEOPLE_A_SITE]
        ]
        for site in SITES
    ]
    yield from found[1][:2]
    for place, group in enumerate(found):
        yield from group[2:] if place == 1 else group


def _papers(context: DemoContext, someone: _Someone, place: int, chance: random.Random) -> int:
    """Some documents, the first kinds always; of one in five a corrected version, of one in seven one withdrawn."""
    kinds = PAPERS[: chance.randint(2, len(PAPERS))]
    keys = []
    for kind in kinds:
        day = min(context.as_of, someone.admitted_on + timedelta(chance.randint(0, 20)))
        upload = _upload(rules.document_kinds()[kind].title, someone, day)
        keys.append(
            commands.add_document(
                by=context.by, person_code=someone.code, kind=kind, upload=upload, today=context.as_of
            )
        )
    about: dict[str, Any] = {"by": context.by, "person_code": someone.code, "today": context.as_of}
    if place % 5 == 0:
        better = _upload("Copia legible", someone, context.as_of)
        commands.replace_document(document_id=keys[0], upload=better, reason="La copia no se leía", **about)
    if place % 7 == 3:
        commands.withdraw_document(document_id=keys[-1], reason="Era de otra persona", **about)
    return len(keys)


def _upload(title: str, someone: _Someone, day: date) -> Upload:
    lines = [title, f"{someone.code} · {someone.facility_name}", formats.day(day), "Documento inventado: demostración."]
    return Upload(f"{title}.pdf", [plain_pdf(lines)], title, day, None)


def _facts(context: DemoContext, someone: _Someone, place: int, chance: random.Random) -> int:
    """Most were asked some questions, few all of them: what was not asked stays unknown."""
    language, interpreter = chance.choice(LANGUAGES)
    facts = [rules.ProtectedValue("language", "yes", language, interpreter=interpreter)]
    if place % 2:
        facts.append(rules.ProtectedValue("disability", "none"))
    if place % 6 == 2:
        facts.append(rules.ProtectedValue("disability", "yes", "legs", "Usa silla de ruedas"))
    if language == "Asháninka":
        facts.append(rules.ProtectedValue("community", "yes", "Comunidad nativa de demostración"))
    if someone.sex == rules.Sex.FEMALE:
        facts.append(rules.ProtectedValue("pregnancy", "none"))
    if place % 4 == 1:
        facts.append(rules.ProtectedValue("children", "yes", needs="Con su abuela, en otra ciudad", number=2))
    for fact in {item.kind: item for item in facts}.values():
        commands.record_protected(
            by=context.by,
            person_code=someone.code,
            fact=fact,
            since=someone.admitted_on,
            source="Entrevista de ingreso",
            today=context.as_of,
        )
    return len({item.kind for item in facts})


def _references(context: DemoContext, someone: _Someone, place: int) -> int:
    kinds = ("right_thumb", "right_index", "photograph")[: place % 4]
    for kind in kinds:
        data = BiometricData(SYSTEM, kind, f"DEMO-{someone.code[2:]}", someone.admitted_on, 60 + place % 40)
        commands.add_biometric(by=context.by, person_code=someone.code, data=data, today=context.as_of)
    return len(kinds)


def _request(context: DemoContext, someone: _Someone, ago: int, kind: str, what: str, reach: str) -> None:
    """A request as far as it got; an accepted rectification is carried out by a document that corrects."""
    by, today = context.by, context.as_of
    received = today - timedelta(ago)
    evidence = commands.add_document(
        by=by, person_code=someone.code, kind="other", upload=_upload("Solicitud", someone, received), today=today
    )
    data = RequestData(kind, what, received, evidence_id=evidence)
    number = commands.file_request(by=by, person_code=someone.code, data=data, today=today)
    if reach:
        commands.assign_request(by=by, number=number, assigned_to="Registro Penitenciario (demostración)")
    if reach in ("", "assign"):
        return
    entry = None
    if reach == rules.RightAct.ACCEPT:
        upload = _upload("Ficha de identificación corregida", someone, today)
        commands.add_document(by=by, person_code=someone.code, kind="identification_sheet", upload=upload, today=today)
        entry = queries.acts_since(someone.code, received)[0].id
    words = {
        "accept": "Se corrigió la ficha de identificación según el documento presentado.",
        "accept_partly": "El dato se retira de los listados; se conserva en el expediente, como manda la norma.",
        "reject": "La sanción consta en una resolución vigente: no puede borrarse.",
    }[reach]
    day = today if entry is not None else min(today, received + timedelta(12))
    commands.answer_request(by=by, number=number, act=reach, answer=words, on=day, entry_id=entry, today=today)
