"""Who people are: identities, documents, ages and possible duplicates."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import batched, groupby
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from creo.kernel.citations import Citation
from creo.kernel.periods import completed_years
from creo.register.models import DuplicatePair, Identity
from creo.register.quality.held import Held, among_held, held_by_place, held_places
from creo.register.quality.settings import days, limits, source
from creo.register.quality.subjects import PERSON
from creo.register.rules import (
    DocumentKind,
    IdentityStatus,
    PairState,
    admission_age_findings,
    birth_findings,
    parameters,
)
from creo.register.rules.parameters import PlausibleAge
from creo.support.accounts.permissions import Permission
from creo.support.quality.checks import Check, Detail, Finding
from creo.support.quality.rules import Severity

REGL = "Reglamento del Código de Ejecución Penal"
SHEET = Citation(REGL, "art. 45", note="Ficha de identificación.")
HELD = _("personas en custodia")
REGISTRY = "registry"
NUMBERS_AT_ONCE = 5_000
_SINCE = date(2026, 1, 1)


def _no_identity(row: Held, as_of: date) -> Detail | None:
    return {"admitted": row.admitted_on.isoformat()} if row.identity is None else None


def _no_birth_date(row: Held, as_of: date) -> Detail | None:
    if row.identity is None or row.birth_date is not None:
        return None
    return {"admitted": row.admitted_on.isoformat()}


def _under_18(row: Held, as_of: date) -> Detail | None:
    if row.birth_date is None or row.birth_date > row.admitted_on:
        return None
    adult = days("admission_adult_years", row.admitted_on)
    # Most people are far from the limit: the years alone say so, many times faster.
    if row.admitted_on.year - row.birth_date.year > adult:
        return None
    years = completed_years(row.birth_date, row.admitted_on)
    if years >= adult:
        return None
    return {"years": years, "born": row.birth_date.isoformat(), "admitted": row.admitted_on.isoformat()}


@functools.lru_cache(maxsize=2**16)
def _plausible(day: date) -> PlausibleAge:
    return parameters().plausible_age_on(day)


def _implausible(row: Held, as_of: date) -> Detail | None:
    if row.birth_date is None:
        return None
    born = row.birth_date.year
    if row.admitted_on.year - born > _plausible(row.admitted_on).least and (
        as_of.year - born <= _plausible(as_of).greatest
    ):
        return None
    found = [*birth_findings(row.birth_date, as_of), *admission_age_findings(row.birth_date, row.admitted_on)]
    if not found:
        return None
    return {"born": row.birth_date.isoformat(), "admitted": row.admitted_on.isoformat()}


def _unconfirmed(row: Held, as_of: date) -> Detail | None:
    if row.identity_status != IdentityStatus.PROVISIONAL:
        return None
    waiting = (as_of - row.admitted_on).days
    if waiting <= days("identity_unconfirmed", as_of):
        return None
    return {"days": waiting, "admitted": row.admitted_on.isoformat()}


def _no_document(row: Held, as_of: date) -> Detail | None:
    if row.document_kind != DocumentKind.UNKNOWN:
        return None
    return {"admitted": row.admitted_on.isoformat()}


def shared_documents(as_of: date) -> Iterator[Finding]:
    """People whose present document is also another person's; merged duplicates are one person."""
    present = Identity.objects.filter(valid_to=None, person__merged_into=None).exclude(document_number="")
    repeated = present.order_by().values("document_number").annotate(people=Count("id")).filter(people__gt=1)
    # Asked apart, never as one statement: a planner without statistics counts everybody again for each row.
    numbers = list(repeated.values_list("document_number", flat=True))
    found: list[tuple[Any, ...]] = []
    for some in batched(numbers, NUMBERS_AT_ONCE, strict=False):
        rows = present.filter(document_number__in=some)
        found += rows.values_list("document_number", "document_kind", "nationality", "person__code", "person_id")
    found.sort(key=lambda row: (row[0], row[1], row[4]))
    places = held_places([row[3] for row in found])
    for group in _same_document(found):
        codes = [row[3] for row in group]
        for code in codes:
            others = [other for other in codes if other != code]
            yield Finding(code, places.get(code, ""), {"other": ", ".join(others[:3]), "people": len(codes)})


def _same_document(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of one document: a foreign number is one only together with its country."""

    def key(row: tuple[Any, ...]) -> tuple[str, str, str]:
        return row[0], row[1], row[2] if row[1] == DocumentKind.FOREIGN else ""

    for _key, group in groupby(sorted(rows, key=key), key=key):
        together = list(group)
        if len(together) > 1:
            yield together


def pending_pairs(as_of: date) -> Iterator[Finding]:
    """Possible duplicates that nobody had decided by the day, after their time. One finding a first record."""
    limit = as_of - timedelta(days=days("duplicates_pending", as_of))
    waiting = DuplicatePair.objects.filter(found_on__lt=limit).exclude(decided_on__isnull=False, decided_on__lte=as_of)
    rows = waiting.exclude(state__in=_DECIDED, decided_on=None).order_by("first_id", "-score", "id")
    found = list(rows.values_list("first__code", "second__code", "score", "found_on"))
    places = held_places([code for row in found for code in row[:2]])
    for first, second, score, found_on in found:
        place = places.get(first) or places.get(second) or ""
        waited = (as_of - found_on).days
        yield Finding(first, place, {"other": second, "score": score, "days": waited, "since": found_on.isoformat()})


_DECIDED = [state.value for state in PairState if state is not PairState.OPEN]

CHECKS = (
    Check(
        code="person_without_identity",
        title=_("Persona sin identidad"),
        explanation=_(
            "Alguien está en custodia y su registro no tiene ninguna identidad, ni siquiera provisional. Ninguna regla "
            "puede decidir sobre esta persona y ninguna búsqueda la encuentra."
        ),
        mend=_("Abra el registro de la persona y registre su identidad provisional con lo que diga el mandato."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("person_without_identity"),
        find=among_held(_no_identity),
        population=held_by_place,
        detail_text=_("Ingresó el %(admitted)s y no tiene identidad registrada"),
        citation=SHEET,
    ),
    Check(
        code="birth_date_missing",
        title=_("Falta la fecha de nacimiento"),
        explanation=_(
            "Sin fecha de nacimiento no se sabe la edad: los criterios de edad del programa quedan por decidir y no se "
            "puede separar a los menores de 21 años, como manda la ley."
        ),
        mend=_("Complete la fecha con el documento de identidad, la partida o la consulta a RENIEC."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("birth_date_missing"),
        find=among_held(_no_birth_date),
        population=held_by_place,
        detail_text=_("Sin fecha de nacimiento desde su ingreso, el %(admitted)s"),
        citation=SHEET,
        past=True,
        mend_view="register:birth_date",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Completar la fecha"),
    ),
    Check(
        code="age_under_18",
        title=_("Menor de 18 años al ingresar"),
        explanation=_(
            "La fecha de nacimiento y la de ingreso dan menos de 18 años. Puede ser cierto (16 y 17 años, por la Ley "
            "32330) y entonces la persona necesita un lugar separado; o una de las dos fechas está mal."
        ),
        mend=_("Compruebe las dos fechas. Si son ciertas, deje una excepción con la resolución del ingreso."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("age_under_18"),
        find=among_held(_under_18),
        population=held_by_place,
        detail_text=_("Nació el %(born)s e ingresó el %(admitted)s, con %(years)s años"),
        citation=Citation(REGL, "arts. 47 a 49", note="Las personas de 16 y 17 años se registran y se protegen."),
        past=True,
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
    Check(
        code="age_implausible",
        title=_("Edad inverosímil"),
        explanation=_(
            "La edad que resulta no es creíble: ingresó antes de nacer o siendo niña, o pasa de la edad más alta que "
            "se admite. La fecha de nacimiento o la de ingreso está mal escrita."
        ),
        mend=_("Corrija la fecha de nacimiento con el documento, o anule el ingreso y regístrelo con su fecha."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("age_implausible"),
        find=among_held(_implausible),
        population=held_by_place,
        detail_text=_("Nacimiento el %(born)s, ingreso el %(admitted)s"),
        citation=Citation("Parámetro del registro", "edad verosímil"),
        past=True,
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
    Check(
        code="identity_unconfirmed",
        title=_("Identidad por confirmar desde hace mucho"),
        explanation=_(
            "La identidad sigue provisional pasado el plazo. Mientras no se confirme con el documento y las huellas, "
            "nadie sabe si la persona ya estuvo en custodia con otro nombre."
        ),
        mend=_("Compare documento y huellas, y confirme la identidad en el registro de la persona."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("identity_unconfirmed"),
        find=among_held(_unconfirmed),
        population=held_by_place,
        detail_text=_("Por confirmar desde el %(admitted)s: %(days)s días"),
        citation=SHEET,
        mend_view="register:confirm_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Confirmar la identidad"),
    ),
    Check(
        code="identity_without_document",
        title=_("Identidad sin documento"),
        explanation=_(
            "No consta qué documento tiene la persona, ni que no tenga ninguno. Sin él no se la reconoce en otro "
            "ingreso ni se cruzan datos con otras entidades."
        ),
        mend=_("Registre el documento, o que la persona declaró no tener ninguno."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("identity_without_document"),
        find=among_held(_no_document),
        population=held_by_place,
        detail_text=_("Sin dato del documento desde su ingreso, el %(admitted)s"),
        citation=SHEET,
        past=True,
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
    Check(
        code="document_shared",
        title=_("Un documento de dos personas"),
        explanation=_(
            "El mismo número de documento está en los registros de dos personas: o son la misma, registrada dos veces, "
            "o alguien usó el documento de otra. La cuenta de ingresos de ambas puede estar mal."
        ),
        mend=_("Compare huellas y nombres: fusione los registros o corrija el documento de quien no es su titular."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=_("personas registradas con documento"),
        subject=PERSON,
        limits=limits("document_shared"),
        find=shared_documents,
        detail_text=_("Su documento es también el de %(other)s (%(people)s personas)"),
        citation=SHEET,
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
    Check(
        code="duplicates_pending",
        title=_("Posibles duplicados sin revisar"),
        explanation=_(
            "Dos registros pueden ser de la misma persona y nadie lo decidió en el plazo. Mientras tanto alguien que "
            "ya estuvo en custodia puede pasar por primaria."
        ),
        mend=_("Decida cada par en la lista de posibles duplicados: la misma persona o dos distintas."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=_("pares de registros por revisar"),
        subject=PERSON,
        limits=limits("duplicates_pending"),
        find=pending_pairs,
        detail_text=_("Puede ser la misma persona que %(other)s (parecido %(score)s): espera desde el %(since)s"),
        citation=source("duplicates_pending", _SINCE),
        past=True,
        mend_view="register:person_duplicates",
        mend_permission=Permission.REVIEW_DUPLICATES,
        mend_label=_("Revisar los duplicados"),
    ),
)
