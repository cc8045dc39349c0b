"""Why people are held: mandates, offences, sentences and legal status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from creo.kernel.citations import Citation
from creo.register.models import DetentionMandate, Sentence
from creo.register.quality.held import Held, among_held, held_by_place, held_places, offence_facts
from creo.register.quality.people import HELD, REGISTRY
from creo.register.quality.settings import days, limits
from creo.register.quality.subjects import PERSON
from creo.register.rules import LegalStatus, SentenceState
from creo.support.accounts.permissions import Permission
from creo.support.quality.checks import Check, Detail, Finding, shared
from creo.support.quality.rules import Severity

MANDATE = Citation("Código de Ejecución Penal (TUO)", "art. 2", note="Nadie ingresa sin mandato judicial.")
FAMILIES = Citation("Tratamiento de la contradicción C-12", "familias de delitos del programa")


def _no_offence(row: Held, as_of: date) -> Detail | None:
    return {"admitted": row.admitted_on.isoformat()} if row.offence is None else None


def _unmapped(row: Held, as_of: date) -> Detail | None:
    if row.offence is None:
        return None
    offence = offence_facts()[row.offence]
    return None if offence.family else {"offence": offence.label}


def _not_in_force(row: Held, as_of: date) -> Detail | None:
    if row.offence is None:
        return None
    offence = offence_facts()[row.offence]
    begun = offence.valid_from is None or offence.valid_from <= row.admitted_on
    lasting = offence.valid_to is None or row.admitted_on < offence.valid_to
    return None if begun and lasting else {"offence": offence.label, "admitted": row.admitted_on.isoformat()}


def _no_status(row: Held, as_of: date) -> Detail | None:
    return None if row.legal_status else {"admitted": row.admitted_on.isoformat()}


def _old_status(row: Held, as_of: date) -> Detail | None:
    hearing = row.next_hearing_on
    if not row.legal_status or hearing is None or hearing + timedelta(days=days("legal_status_old", as_of)) >= as_of:
        return None
    if row.legal_status_on is not None and row.legal_status_on >= hearing:
        return None
    return {"hearing": hearing.isoformat(), "days": (as_of - hearing).days}


def _with_mandate() -> frozenset[int]:
    """Episodes with a detention mandate recorded, in force or not."""
    return shared(
        ("register.mandates",),
        lambda: frozenset(DetentionMandate.objects.order_by().values_list("custody_id", flat=True).distinct()),
    )


def _no_mandate(row: Held, as_of: date) -> Detail | None:
    if row.mandate or row.custody in _with_mandate():
        return None
    return {"admitted": row.admitted_on.isoformat()}


def expired_mandates(as_of: date) -> Iterator[Finding]:
    """Unsentenced people whose mandate ran out, with no other that still holds them."""
    running = Q(lifted_on=None) | Q(lifted_on__gt=as_of)
    other = DetentionMandate.objects.filter(running, custody_id=OuterRef("custody_id"), received_on__lte=as_of).filter(
        Q(term_ends_on=None) | Q(term_ends_on__gt=as_of)
    )
    rows = (
        DetentionMandate.objects.filter(running, term_ends_on__lte=as_of, custody__released_on=None)
        .exclude(custody__legal_status=LegalStatus.SENTENCED.value)
        .filter(~Exists(other))
        .order_by("custody_id", "-term_ends_on", "id")
    )
    fields = ("custody__person__code", "custody__facility__code", "case_number", "term_ends_on")
    for code, place, case, ended in rows.values_list(*fields):
        yield Finding(code, place or "", {"case": case, "on": ended.isoformat(), "days": (as_of - ended).days})


def sentences_before_birth(as_of: date) -> Iterator[Finding]:
    """People sentenced before they were born, by their present identity."""
    rows = Sentence.objects.filter(
        state=SentenceState.IN_FORCE.value,
        custody__person__identities__valid_to=None,
        custody__person__identities__birth_date__gt=F("issued_on"),
    ).order_by("custody__person_id", "id")
    fields = ("custody__person__code", "issued_on", "custody__person__identities__birth_date")
    found = list(rows.values_list(*fields))
    places = held_places([row[0] for row in found])
    for code, issued, born in found:
        yield Finding(code, places.get(code, ""), {"issued": issued.isoformat(), "born": born.isoformat()})


CHECKS = (
    Check(
        code="mandate_missing",
        title=_("Ingreso sin mandato"),
        explanation=_(
            "Alguien está en custodia y en su registro no consta el mandato judicial de su ingreso. Sin mandato nadie "
            "puede estar detenido."
        ),
        mend=_("Pida al juzgado copia del mandato y regístrelo; si no existe, comuníquelo de inmediato."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("mandate_missing"),
        find=among_held(_no_mandate),
        population=held_by_place,
        detail_text=_("Ingresó el %(admitted)s y no consta el mandato"),
        citation=MANDATE,
    ),
    Check(
        code="mandate_expired",
        title=_("Mandato de detención vencido"),
        explanation=_(
            "El plazo del único mandato que retiene a una persona procesada ya terminó y no consta prórroga, sentencia "
            "ni libertad. Puede haber un exceso de detención."
        ),
        mend=_("Consulte hoy al juzgado: registre la prórroga, la sentencia o la libertad."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("mandate_expired"),
        find=expired_mandates,
        population=held_by_place,
        detail_text=_("El mandato del expediente %(case)s venció el %(on)s (hace %(days)s días)"),
        citation=MANDATE,
    ),
    Check(
        code="offence_missing",
        title=_("Sin delito principal"),
        explanation=_(
            "No consta por qué delito está la persona, o la fuente no lo dice. Los criterios del programa por delito "
            "quedan por decidir."
        ),
        mend=_("Registre el delito principal con el mandato o la sentencia."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("offence_missing"),
        find=among_held(_no_offence),
        population=held_by_place,
        detail_text=_("Sin delito principal desde su ingreso, el %(admitted)s"),
        citation=MANDATE,
        mend_view="register:main_offence",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Registrar el delito"),
    ),
    Check(
        code="offence_unmapped",
        title=_("Delito sin familia"),
        explanation=_(
            "El delito principal está en el catálogo y nadie le asignó una familia: los cuadros por familia y los "
            "criterios del programa no lo ven."
        ),
        mend=_("Asigne la familia en el catálogo de delitos: se corrige de una vez para todas las personas."),
        severity=Severity.MEDIUM,
        owner="technical_lead",
        unit=HELD,
        subject=PERSON,
        limits=limits("offence_unmapped"),
        find=among_held(_unmapped),
        population=held_by_place,
        detail_text=_("%(offence)s no tiene familia asignada"),
        citation=FAMILIES,
    ),
    Check(
        code="offence_not_in_force",
        title=_("Delito que no regía al ingresar"),
        explanation=_(
            "El delito principal no existía con ese nombre el día del ingreso: empezó después o ya estaba derogado. "
            "Suele ser un código equivocado, o un delito cometido antes de una reforma."
        ),
        mend=_("Compare con el mandato. Si el hecho es anterior a la reforma, deje una excepción con la resolución."),
        severity=Severity.LOW,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("offence_not_in_force"),
        find=among_held(_not_in_force),
        population=held_by_place,
        detail_text=_("%(offence)s no regía el %(admitted)s, día de su ingreso"),
        citation=FAMILIES,
        mend_view="register:main_offence",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir el delito"),
    ),
    Check(
        code="legal_status_missing",
        title=_("Falta la situación jurídica"),
        explanation=_(
            "No se sabe si la persona está procesada o sentenciada. Deben estar separadas, y los derechos y plazos de "
            "cada una son distintos."
        ),
        mend=_("Registre la situación con la resolución del juzgado."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("legal_status_missing"),
        find=among_held(_no_status),
        population=held_by_place,
        detail_text=_("Sin situación jurídica desde su ingreso, el %(admitted)s"),
        citation=Citation("Código de Ejecución Penal (TUO)", "art. 11", note="Procesados y sentenciados, separados."),
        mend_view="register:legal_status",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Registrar la situación"),
    ),
    Check(
        code="legal_status_old",
        title=_("Situación jurídica anterior a la última audiencia"),
        explanation=_(
            "Hubo una audiencia hace días y la situación jurídica es la de antes: lo que se decidió en ella no está en "
            "el registro."
        ),
        mend=_("Pida al juzgado el acta de la audiencia y registre lo decidido, o la nueva fecha."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("legal_status_old"),
        find=among_held(_old_status),
        population=held_by_place,
        detail_text=_("La audiencia fue el %(hearing)s (hace %(days)s días) y no consta su resultado"),
        citation=Citation("Reglamento del Código de Ejecución Penal", "art. 45", note="Hoja penológica."),
        mend_view="register:legal_status",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Registrar la situación"),
    ),
    Check(
        code="sentence_before_birth",
        title=_("Sentencia anterior al nacimiento"),
        explanation=_(
            "La fecha de una sentencia es anterior a la de nacimiento: una de las dos está mal, o la sentencia es de "
            "otra persona."
        ),
        mend=_("Compare la sentencia con el documento de identidad; corrija la fecha o anule la sentencia."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=_("sentencias vigentes"),
        subject=PERSON,
        limits=limits("sentence_before_birth"),
        find=sentences_before_birth,
        detail_text=_("Sentencia del %(issued)s; nacimiento el %(born)s"),
        citation=Citation("Reglamento del Código de Ejecución Penal", "art. 45", note="Hoja penológica."),
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
)
