"""Community offices (establecimientos de medio libre): none is published in our material, so they are entered here."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, Refused
from creo.territory.models import Department, Facility, RegionalOffice


@ledger.command(permission=Permission.EDIT_TERRITORY)
def open_community_office(
    *,
    by: Reader,
    code: str,
    name: str,
    regional_office: str,
    department: str,
    opened: date | None = None,
    is_demonstration: bool = False,
) -> int:
    """Adds a community office and returns its key; `department` is INEI's code, `opened` None is unknown.

    Refused for a code in use or an unknown office or department. Only for readers of the whole nation.
    """
    if not by.national:
        raise Forbidden(_("Solo el nivel nacional crea establecimientos."))
    if Facility.objects.filter(code=code).exists():
        raise Refused(_("El código %(code)s ya existe.") % {"code": code}, fields={"code": _("Ese código ya existe.")})
    office = RegionalOffice.objects.filter(code=regional_office).first()
    place = Department.objects.filter(ubigeo=department).first()
    if office is None or place is None:
        raise Refused(_("No existe esa oficina regional o ese departamento."))
    made = Facility.objects.create(
        kind=Facility.Kind.COMMUNITY_OFFICE,
        code=code,
        name=name,
        regional_office=office,
        department=place,
        opened=opened,
        is_demonstration=is_demonstration,
    )
    ledger.record(
        act="territory.facility_opened",
        subject=("facility", code),
        place=code,
        after={"kind": "community_office", "name": name, "office": regional_office, "department": department},
    )
    return int(made.pk)
