"""Who fills the posts that notices need: given by the office, with their source and their days."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.incidents import rules
from creo.support.incidents.commands.common import person
from creo.support.incidents.models import IncidentContact
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused


@ledger.command(permission=Permission.MANAGE_INCIDENTS)
def set_contact(
    *, by: Reader, slot: str, name: str, detail: str, source: str, valid_from: date | None
) -> IncidentContact:
    """Who fills a post from a day on; the one before ends that day and stays. For the nation; refused with reasons."""
    if slot not in rules.SLOT_WORDS:
        raise NotFound
    if not by.national:
        raise Forbidden(_("Los contactos valen para todo el país: los fija alguien con ámbito nacional."))
    fields: dict[str, str] = {}
    for key, value, most in (("name", name, 160), ("detail", detail, 400), ("source", source, 300)):
        if not value.strip():
            fields[key] = _("Complete este dato.")
        elif len(value.strip()) > most:
            fields[key] = _("Tiene más de %(most)d letras.") % {"most": most}
    present = IncidentContact.objects.select_for_update().filter(slot=slot, valid_to=None).first()
    if valid_from is None:
        fields["valid_from"] = _("Indique desde qué día.")
    elif present is not None and valid_from <= present.valid_from:
        fields["valid_from"] = _("Debe ser posterior al día en que empezó el contacto vigente.")
    if fields:
        raise Refused(list(fields.values()), fields=fields)
    assert valid_from is not None  # refused above
    if present is not None:
        present.valid_to = valid_from
        present.save(update_fields=["valid_to"])
    made = IncidentContact.objects.create(
        slot=slot,
        name=name.strip(),
        detail=detail.strip(),
        source=source.strip(),
        valid_from=valid_from,
        set_by_id=person(by),
        set_at=clock.now(),
    )
    ledger.record(
        act="incidents.contact_set",
        subject=("incident_contact", slot),
        reason=made.source,
        before={"name": present.name, "detail": present.detail} if present else None,
        after={"name": made.name, "detail": made.detail, "valid_from": valid_from.isoformat()},
    )
    return made
