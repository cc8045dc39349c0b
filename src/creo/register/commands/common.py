"""What the commands of the register share: places in scope, the person under lock, and refusals with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.models import Custody, Offence, Person
from creo.register.queries.scope import person_in_scope
from creo.register.queries.versions import record_of
from creo.support.accounts.readers import Reader, system
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.ui import formats
from creo.support.versions import confirm
from creo.territory import queries as territory


@dataclass
class Refusals:
    """Collects every reason before refusing, each beside its form field when it has one."""

    messages: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, message: str, field: str = "") -> None:
        """One more reason."""
        self.messages.append(message)
        if field:
            # A field bears all its reasons, one a line.
            self.fields[field] = "\n".join(filter(None, (self.fields.get(field), message)))

    def add_findings(self, findings: Iterable[rules.Finding]) -> None:
        """The reasons among some findings: those that block."""
        for finding in findings:
            if finding.blocks:
                self.add(finding.message, finding.field)

    def raise_if_any(self) -> None:
        """Refused with all of them, or nothing."""
        if self.messages:
            raise Refused(self.messages, fields=self.fields)


def facility_in_scope(by: Reader, code: str) -> territory.FacilityRef:
    """The prison where somebody acts. Forbidden outside their places."""
    try:
        return territory.by_code(by, code)
    except NotFound:
        raise Forbidden(
            _("El establecimiento [%(code)s] no existe o está fuera de su ámbito.") % {"code": code}
        ) from None


def any_facility(code: str) -> territory.FacilityRef | None:
    """A prison anywhere in the country: a transfer may lead out of the actor's places."""
    try:
        return territory.by_code(system(), code)
    except NotFound:
        return None


def person_for_update(by: Reader, code: str) -> Person:
    """The person under lock until the command ends. NotFound outside the scope."""
    found = person_in_scope(by, code)
    person = Person.objects.select_for_update().get(pk=found.pk)
    if person.merged_into_id is not None:
        # Somebody else joined it to another record while this command waited.
        return person_for_update(by, code)
    confirm(record_of(person.code))
    return person


def open_custody(person: Person) -> Custody | None:
    """The person's open episode."""
    return Custody.objects.select_related("facility").filter(person_id=person.pk, released_on=None).first()


def episodes_of(person_id: int) -> list[rules.Episode]:
    """The person's episodes as the rules see them."""
    rows = Custody.objects.filter(person_id=person_id).order_by("number")
    return [rules.Episode(*row) for row in rows.values_list("admitted_on", "released_on", "entry_kind", "release_kind")]


def offence_by_code(code: str) -> Offence:
    """An offence of the catalogue. Refused for a code that is not in it."""
    found = Offence.objects.filter(code=code).first()
    if found is None:
        message = _("El delito [%(code)s] no está en el catálogo.") % {"code": code}
        raise Refused(message, fields={"offence": message})
    return found


def check_day(refusals: Refusals, field: str, on: date, today: date, after: date | None, what: str) -> None:
    """Refuses a day in the future or before another; `what` names the other after «a» («al ingreso»)."""
    if on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), field)
    if after is not None and on < after:
        refusals.add(
            _("La fecha es anterior %(what)s, del %(day)s.") % {"what": what, "day": formats.day(after)}, field
        )


def check_reason(refusals: Refusals, reason: str) -> None:
    """Refuses an act without its reason."""
    if not reason.strip():
        refusals.add(_("Escriba el motivo o el documento que sustenta el acto."), "reason")


def hold_numbers() -> None:
    """Until the command ends nobody else takes numbers of new people. SQLite's single writer does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_person, register_custody IN SHARE ROW EXCLUSIVE MODE")


def renumber_episodes(person_ids: Sequence[int]) -> None:
    """Puts the numbers of some people's episodes in the order of their dates, where they are not."""
    groups: dict[int, list[Custody]] = {}
    for row in Custody.objects.filter(person_id__in=person_ids):
        groups.setdefault(row.person_id, []).append(row)
    for rows in groups.values():
        rows.sort(key=lambda row: (row.admitted_on, row.released_on or date.max, row.number))
        if [row.number for row in rows] == list(range(1, len(rows) + 1)):
            continue
        # Twice, so that no two rows carry one number on the way.
        for base in (20_000, 0):
            for number, row in enumerate(rows, start=1):
                row.number = base + number
                row.save(update_fields=["number"])
