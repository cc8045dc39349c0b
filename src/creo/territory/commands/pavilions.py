"""Pavilions open on a day and close on another; a closed one stays in the history."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused
from creo.support.versions import confirm
from creo.territory.commands.capacity import MAX_PLACES, locked_facility
from creo.territory.models import Pavilion
from creo.territory.queries.versions import pavilion_of

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
MAX_NAME = 80


@ledger.command(permission=Permission.EDIT_TERRITORY)
def open_pavilion(
    *,
    by: Reader,
    facility: str,
    code: str,
    name: str,
    valid_from: date,
    capacity: int | None = None,
    reason: str = "",
    is_demonstration: bool = False,
) -> int:
    """Opens a pavilion and returns its key. Capacity None is unknown. Refused when its code is already open there.

    A code may be used again after it closes, from the closing day on. NotFound outside the reader's scope.
    """
    found = locked_facility(by, facility)
    code, name = code.strip().upper(), name.strip()
    _check_words(code, name, capacity)
    earlier = Pavilion.objects.filter(facility=found, code=code).order_by("-valid_from").first()
    if earlier is not None and (earlier.valid_to is None or earlier.valid_to > valid_from):
        raise Refused(
            _("El pabellón %(code)s ya está abierto en ese periodo: ciérrelo o use otro código.") % {"code": code},
            fields={"code": _("Ese código ya está en uso.")},
        )
    made = Pavilion.objects.create(
        facility=found,
        code=code,
        name=name,
        capacity=capacity,
        valid_from=valid_from,
        is_demonstration=is_demonstration,
    )
    ledger.record(
        act="territory.pavilion_opened",
        subject=("pavilion", f"{found.code}/{code}"),
        place=found.code,
        reason=reason,
        after=_shown(made),
    )
    return int(made.pk)


@ledger.command(permission=Permission.EDIT_TERRITORY)
def close_pavilion(*, by: Reader, facility: str, code: str, on: date, reason: str) -> None:
    """Closes an open pavilion: `on` is its first day closed. Refused without a reason, or when none is open then."""
    found = locked_facility(by, facility)
    code, reason = code.strip().upper(), reason.strip()
    if not reason:
        message = _("Indique por qué se cierra el pabellón.")
        raise Refused(message, fields={"reason": message})
    confirm(pavilion_of(found.code, code))
    pavilion = Pavilion.objects.filter(facility=found, code=code, valid_to=None).first()
    if pavilion is None:
        raise Refused(_("No hay un pabellón %(code)s abierto en este establecimiento.") % {"code": code})
    if on <= pavilion.valid_from:
        message = _("El cierre debe ser posterior a la apertura.")
        raise Refused(message, fields={"on": message})
    before = _shown(pavilion)
    Pavilion.objects.filter(pk=pavilion.pk).update(valid_to=on)
    ledger.record(
        act="territory.pavilion_closed",
        subject=("pavilion", f"{found.code}/{code}"),
        place=found.code,
        reason=reason,
        before=before,
        after={**before, "valid_to": on.isoformat()},
    )


def _shown(pavilion: Pavilion) -> dict[str, Any]:
    return {
        "name": pavilion.name,
        "capacity": pavilion.capacity,
        "valid_from": pavilion.valid_from.isoformat(),
        "valid_to": None,
        "is_demonstration": pavilion.is_demonstration,
    }


def _check_words(code: str, name: str, capacity: int | None) -> None:
    fields = {}
    if not _CODE.fullmatch(code):
        fields["code"] = _("El código lleva hasta 20 letras mayúsculas, cifras o guiones, como «P-16».")
    if not name or len(name) > MAX_NAME:
        fields["name"] = _("El nombre es obligatorio y admite hasta %(most)s caracteres.") % {"most": MAX_NAME}
    if capacity is not None and not 0 <= capacity <= MAX_PLACES:
        fields["capacity"] = _("Las plazas van de 0 a %(most)s.") % {"most": MAX_PLACES}
    if fields:
        raise Refused(list(fields.values()), fields=fields)
