"""Capacity of a facility: dated, with its source, one in force at a time."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.versions import confirm
from creo.territory.models import Facility, FacilityCapacity
from creo.territory.queries.refs import in_scope
from creo.territory.queries.versions import record_of

MAX_PLACES = 20_000
MAX_SOURCE = 400


@ledger.command(permission=Permission.EDIT_TERRITORY)
def change_capacity(*, by: Reader, facility: str, places: int, valid_from: date, source: str, reason: str = "") -> bool:
    """Gives a facility a new capacity from a day on, ending the one in force; False when it is already that.

    Refused without a source, out of range, or on a day not later than the start of the capacity in force: history
    is added to, never rewritten. NotFound outside the reader's scope.
    """
    found = locked_facility(by, facility)
    source = source.strip()
    _check_words(places, source)
    current = FacilityCapacity.objects.filter(facility=found).order_by("-valid_from").first()
    if current is not None and current.valid_to is None and current.places == places:
        ledger.nothing_to_do(f"{facility} ya tiene {places} plazas")
        return False
    if current is not None and valid_from <= current.valid_from:
        raise Refused(
            _("La capacidad vigente rige desde el %(day)s: indique un día posterior.")
            % {"day": current.valid_from.strftime("%d/%m/%Y")},
            fields={"valid_from": _("Debe ser posterior al inicio de la capacidad vigente.")},
        )
    before = None
    if current is not None:
        before = {"places": current.places, "valid_from": current.valid_from.isoformat(), "source": current.source}
        if current.valid_to is None or current.valid_to > valid_from:
            FacilityCapacity.objects.filter(pk=current.pk).update(valid_to=valid_from)
    FacilityCapacity.objects.create(facility=found, places=places, valid_from=valid_from, source=source)
    ledger.record(
        act="territory.capacity_changed",
        subject=("facility", found.code),
        place=found.code,
        reason=reason,
        before=before,
        after={"places": places, "valid_from": valid_from.isoformat(), "source": source},
    )
    return True


def locked_facility(by: Reader, code: str) -> Facility:
    """The facility, locked until the transaction ends (two capacities in force would both seem the first)."""
    found = in_scope(by).select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        raise NotFound
    confirm(record_of(found.code))
    return found


def _check_words(places: int, source: str) -> None:
    fields = {}
    if not 0 <= places <= MAX_PLACES:
        fields["places"] = _("Las plazas van de 0 a %(most)s.") % {"most": MAX_PLACES}
    if not source:
        fields["source"] = _("Indique la fuente: informe, resolución u oficio que da la cifra.")
    elif len(source) > MAX_SOURCE:
        fields["source"] = _("La fuente admite hasta %(most)s caracteres.") % {"most": MAX_SOURCE}
    if fields:
        raise Refused(list(fields.values()), fields=fields)
