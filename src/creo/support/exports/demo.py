"""Downloads of the demonstration: what a registrar took, and one list that the worker makes when it starts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.support.accounts.models import User
from creo.support.accounts.readers import reader_for
from creo.support.exports import commands
from creo.support.exports.listings import CSV, XLSX, listing_of

TAKER = "registro"
# List, query of its page, format: each short enough to be handed out at once.
TAKEN = (("register.people", "q=quispe&penal=EP-PIURA", CSV), ("register.rights", "", XLSX))
ASKED = ("register.people", "penal=EP-PIURA", CSV)


def load(today: date) -> dict[str, Any]:
    """Hands out two lists and asks for a third; nothing when the demonstration account is not there."""
    user = User.objects.filter(username=TAKER).first()
    if user is None:
        return {"downloads": 0}
    by = reader_for(user, today)
    for code, query, kind in TAKEN:
        commands.hand_out_list(by=by, listing=listing_of(by, code, query, {}), kind=kind)
    code, query, kind = ASKED
    reason = _("Control de la población del establecimiento (demostración)")
    commands.ask(by=by, code=code, kind=kind, query=query, arguments={}, reason=reason)
    return {"downloads": len(TAKEN) + 1}
