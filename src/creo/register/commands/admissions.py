"""Admission: the one way into the register for a single person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import (
    Refusals,
    episodes_of,
    facility_in_scope,
    hold_numbers,
    offence_by_code,
)
from creo.register.commands.names import index_people
from creo.register.models import Custody, CustodyOffence, Identity, Movement, Offence, Person
from creo.register.queries.versions import record_of
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import next_id, settle_sequence
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.versions import confirm
from creo.territory.queries import FacilityRef


@dataclass(frozen=True, slots=True)
class IdentityData:
    """An identity as somebody gives it; empty where it is not known."""

    given_names: str = ""
    first_surname: str = ""
    second_surname: str = ""
    birth_date: date | None = None
    sex: str = ""
    document_kind: str = rules.DocumentKind.UNKNOWN.value
    document_number: str = ""
    document_check: str = ""
    nationality: str = ""


@dataclass(frozen=True, slots=True)
class OffenceData:
    """An offence of the mandate, by its code in the catalogue."""

    code: str
    attempt: bool | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What the mandate and the day bring; an admission rests on a judicial mandate (TUO CEP art. 2; Regl. art. 40)."""

    facility_code: str
    admitted_on: date
    mandate: str
    entry_kind: str = rules.EntryKind.MANDATE.value
    legal_status: str = ""
    legal_status_on: date | None = None
    next_hearing_on: date | None = None
    organised_crime: bool | None = None
    offences: Sequence[OffenceData] = ()
    at: time | None = None
    source_key: str = ""


@ledger.command(permission=Permission.EDIT_PEOPLE)
def admit(
    *,
    by: Reader,
    admission: Admission,
    today: date,
    identity: IdentityData | None = None,
    person_code: str = "",
) -> str:
    """Admits a new person (`identity`, provisional until confirmed) or one already registered (`person_code`).

    The offences come main one first. A recapture follows an escape. Returns the person's code; an admission that came
    before with the same `source_key` changes nothing. Refused with every reason; Forbidden out of scope.
    """
    if (identity is None) == (not person_code):
        raise TypeError("Se admite a una persona nueva (identity) o a una registrada (person_code).")
    place = facility_in_scope(by, admission.facility_code)
    refusals = Refusals()
    hold_numbers()
    known = _admitted_before(admission, place, person_code)
    if known:
        return known
    person = _registered(person_code, refusals) if identity is None else None
    offences = [(offence_by_code(item.code), item.attempt) for item in admission.offences]
    _check_admission(refusals, admission, person, offences, today)
    if identity is not None:
        check_identity(refusals, identity, today, admission.admitted_on)
        check_document_free(refusals, identity, person_id=None)
    refusals.raise_if_any()
    if person is None:
        person = _new_person(identity or IdentityData(), admission.admitted_on)
    custody = _new_custody(person, admission, place, offences)
    ledger.record(
        act="register.person_admitted",
        subject=("person", person.code),
        place=place.code,
        reason=admission.mandate,
        after={
            "custody": custody.number,
            "admitted_on": admission.admitted_on.isoformat(),
            "entry_kind": admission.entry_kind,
            "legal_status": admission.legal_status,
            "offences": [offence.code for offence, _attempt in offences],
        },
    )
    return person.code


def _admitted_before(admission: Admission, place: FacilityRef, person_code: str) -> str:
    """The code of who this admission already brought in; empty when it is new. Refused with other content."""
    if not admission.source_key:
        return ""
    row = Movement.objects.filter(source_key=admission.source_key).select_related("custody__person").first()
    if row is None:
        return ""
    same = (row.kind, row.on, row.at, row.to_facility_id, row.detail) == (
        rules.MovementKind.ADMISSION,
        admission.admitted_on,
        admission.at,
        place.id,
        admission.entry_kind,
    )
    found = row.custody.person.code
    if not same or person_code not in ("", found):
        message = _("Ese movimiento ya llegó con otros datos: la clave [%(key)s] no puede repetirse.")
        message %= {"key": admission.source_key}
        raise Refused(message, fields={"source_key": message})
    ledger.nothing_to_do("el ingreso ya estaba registrado")
    return found


def _registered(code: str, refusals: Refusals) -> Person:
    """Somebody registered who comes back: outside custody they belong to no prison's scope, so any may receive them."""
    person = Person.objects.select_for_update().filter(code=code).first()
    if person is None:
        raise NotFound
    confirm(record_of(person.code))
    if person.merged_into_id is not None:
        refusals.add(_("Esa ficha se unió a otra: use la ficha vigente."), "person_code")
    if person.died_on is not None:
        refusals.add(_("La persona figura como fallecida."), "person_code")
    return person


def _check_admission(
    refusals: Refusals,
    admission: Admission,
    person: Person | None,
    offences: Sequence[tuple[Offence, bool | None]],
    today: date,
) -> None:
    rules.EntryKind(admission.entry_kind)
    episode = rules.Episode(admission.admitted_on, None, admission.entry_kind)
    others = episodes_of(person.pk) if person else []
    refusals.add_findings(rules.episode_findings(episode, today))
    refusals.add_findings(rules.overlap_findings(episode, others))
    if not admission.mandate.strip():
        refusals.add(_("Indique el mandato judicial: nadie ingresa sin él (TUO CEP, art. 2)."), "mandate")
    earlier = [other for other in others if not other.annulled]
    if admission.entry_kind == rules.EntryKind.REVOCATION and not earlier:
        refusals.add(_("Un reingreso por revocatoria necesita un episodio anterior."), "entry_kind")
    escaped = bool(earlier) and earlier[-1].release_kind == rules.ReleaseKind.ESCAPE
    if admission.entry_kind == rules.EntryKind.RECAPTURE and not escaped:
        refusals.add(_("Una recaptura necesita que el último episodio haya terminado en fuga."), "entry_kind")
    check_status(refusals, admission.legal_status, admission.legal_status_on, today)
    check_offences(refusals, offences)


def check_status(refusals: Refusals, status: str, on: date | None, today: date) -> None:
    """Refuses a legal status outside the list, or one dated in the future."""
    if status and status not in set(rules.LegalStatus):
        refusals.add(_("La situación jurídica [%(value)s] no existe.") % {"value": status}, "legal_status")
    if on is not None and not status:
        refusals.add(_("Hay fecha de situación jurídica pero no se indicó cuál."), "legal_status")
    if on is not None and on > today:
        refusals.add(_("La fecha de la situación jurídica es posterior al día de hoy."), "legal_status_on")


def check_offences(refusals: Refusals, offences: Sequence[tuple[Offence, bool | None]]) -> None:
    """Refuses an offence twice, and an attempt of what the law does not punish as one."""
    codes = [offence.code for offence, _attempt in offences]
    if len(set(codes)) < len(codes):
        refusals.add(_("Un delito está repetido."), "offence")
    for offence, attempt in offences:
        if attempt and not offence.attempt_allowed:
            refusals.add(_("«%(title)s» no admite tentativa.") % {"title": offence.title}, "attempt")


def check_identity(refusals: Refusals, identity: IdentityData, today: date, admitted_on: date | None) -> None:
    """Refuses an impossible identity: document, birth date, sex, names without a letter."""
    problem = rules.document_problem(identity.document_kind, identity.document_number, identity.document_check)
    if identity.document_kind == rules.DocumentKind.DNI and not identity.document_number:
        problem = _("Falta el número del DNI. Si no lo hay, elija «No tiene documento»; si no se sabe, «Sin dato».")
    if problem:
        refusals.add(problem, "document_number")
    refusals.add_findings(rules.birth_findings(identity.birth_date, today))
    if admitted_on is not None:
        refusals.add_findings(rules.admission_age_findings(identity.birth_date, admitted_on))
    if identity.sex and identity.sex not in set(rules.Sex):
        refusals.add(_("El sexo [%(value)s] no está en la lista.") % {"value": identity.sex}, "sex")
    for name in ("given_names", "first_surname", "second_surname"):
        if getattr(identity, name) and not rules.search_key(getattr(identity, name)):
            refusals.add(_("El nombre no tiene ninguna letra."), name)
    if identity.nationality and (len(identity.nationality) != 2 or not identity.nationality.isupper()):
        refusals.add(_("La nacionalidad es el código de dos letras del país: PE, VE…"), "nationality")


def check_document_free(refusals: Refusals, identity: IdentityData, person_id: int | None) -> None:
    """Refuses a document that somebody else carries today: the same person must not get two records."""
    if identity.document_kind not in (rules.DocumentKind.DNI, rules.DocumentKind.FOREIGN):
        return
    same = Identity.objects.filter(
        valid_to=None,
        document_kind=identity.document_kind,
        document_number=identity.document_number,
        person__merged_into=None,
    )
    if person_id is not None:
        same = same.exclude(person_id=person_id)
    if identity.document_kind == rules.DocumentKind.FOREIGN:
        same = same.filter(nationality=identity.nationality)
    other = same.values_list("person__code", flat=True).first()
    if other:
        message = _("Ya hay una ficha con ese documento: %(code)s. Regístrelo en ella.") % {"code": other}
        refusals.add(message, "document_number")


def _new_person(identity: IdentityData, on: date) -> Person:
    key = next_id(Person)
    person = Person.objects.create(pk=key, code=rules.person_code(key))
    settle_sequence(Person)
    Identity.objects.create(person=person, valid_from=on, **identity_values(identity))
    index_people([person.pk])
    return person


def identity_values(identity: IdentityData) -> dict[str, object]:
    """The columns of an identity, ready to store."""
    return {
        "given_names": identity.given_names,
        "first_surname": identity.first_surname,
        "second_surname": identity.second_surname,
        "birth_date": identity.birth_date,
        "sex": identity.sex,
        "document_kind": identity.document_kind,
        "document_number": identity.document_number,
        "nationality": identity.nationality,
    }


def _new_custody(
    person: Person, admission: Admission, place: FacilityRef, offences: Sequence[tuple[Offence, bool | None]]
) -> Custody:
    last = Custody.objects.filter(person=person).order_by("-number").values_list("number", flat=True).first()
    custody = Custody.objects.create(
        person=person,
        number=(last or 0) + 1,
        entry_kind=admission.entry_kind,
        mandate=admission.mandate.strip(),
        admitted_on=admission.admitted_on,
        facility_id=place.id,
        legal_status=admission.legal_status,
        legal_status_on=admission.legal_status_on,
        next_hearing_on=admission.next_hearing_on,
        organised_crime=admission.organised_crime,
    )
    Movement.objects.create(
        custody=custody,
        sequence=1,
        kind=rules.MovementKind.ADMISSION,
        on=admission.admitted_on,
        at=admission.at,
        to_facility_id=place.id,
        detail=admission.entry_kind,
        note=admission.mandate.strip(),
        source_key=admission.source_key,
    )
    for order, (offence, attempt) in enumerate(offences):
        CustodyOffence.objects.create(custody=custody, offence=offence, is_main=order == 0, attempt=attempt)
    return custody
