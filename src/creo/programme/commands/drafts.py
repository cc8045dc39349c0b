"""Changes to a draft: an age band, the articles of a family, an exclusion, a target. Nothing rules until approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from creo.programme import rules
from creo.programme.commands.storing import store
from creo.programme.commands.versions import locked
from creo.programme.models import DesignVersion
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused


@ledger.command(permission=Permission.EDIT_DESIGN)
def change_age_band(
    *, by: Reader, number: int, band: str, minimum: int, maximum: int, programme: str = "", reason: str = ""
) -> list[rules.Change]:
    """Sets the ages of a band in completed years, both included; returns what changed. Refused when reversed."""
    values = {f"age_bands/{band}/min": minimum, f"age_bands/{band}/max": maximum}
    return _change(number, programme, values, reason)


@ledger.command(permission=Permission.EDIT_DESIGN)
def change_offence_family(
    *, by: Reader, number: int, family: str, articles: Sequence[str], programme: str = "", reason: str = ""
) -> list[rules.Change]:
    """Sets the articles of a family ("298", "185-208"); returns what changed. Refused when one is no article."""
    return _change(number, programme, {f"offence_families/{family}/articles": list(articles)}, reason)


@ledger.command(permission=Permission.EDIT_DESIGN)
def change_exclusion(
    *, by: Reader, number: int, exclusion: str, active: bool, programme: str = "", reason: str = ""
) -> list[rules.Change]:
    """Turns an exclusion on or off; returns what changed."""
    return _change(number, programme, {f"exclusions/{exclusion}/active": active}, reason)


@ledger.command(permission=Permission.EDIT_DESIGN)
def change_target(
    *,
    by: Reader,
    number: int,
    target: str,
    value: int,
    year: int | None,
    split: Mapping[str, int] | None,
    programme: str = "",
    reason: str = "",
) -> list[rules.Change]:
    """Sets a target, its fiscal year and its split by site; returns what changed. Refused when it does not add up.

    None takes the year or the split away: what is not programmed stays unprogrammed, never zero.
    """
    values: dict[str, Any] = {f"targets/{target}/value": value}
    values[f"targets/{target}/year"] = rules.ABSENT if year is None else year
    values[f"targets/{target}/split"] = rules.ABSENT if split is None else dict(split)
    return _change(number, programme, values, reason)


def _change(number: int, programme: str, values: Mapping[str, Any], reason: str) -> list[rules.Change]:
    version = locked(number, programme)
    if version.status != DesignVersion.Status.DRAFT:
        raise Refused(_("La versión %(number)s no es un borrador: ya no se cambia.") % {"number": number})
    before = rules.design_from_document(version.document)
    try:
        after = rules.apply_changes(before, [rules.Change(path, "", None, value) for path, value in values.items()])
    except rules.PathError as error:
        raise Refused(_("Ese elemento no está en el diseño: %(error)s.") % {"error": error}) from error
    except rules.DesignErrors as errors:
        raise Refused([f"{error.problem[0].upper()}{error.problem[1:]}." for error in errors.errors]) from errors
    changes = rules.diff(before, after)
    if not changes:
        ledger.nothing_to_do("el borrador ya decía eso")
        return []
    store(version, after)
    ledger.record(
        act="programme.draft_changed",
        subject=("design", f"{version.programme.code}/{version.number}"),
        reason=reason,
        before={change.path: change.as_json().get("before") for change in changes},
        after={change.path: change.as_json().get("after") for change in changes},
    )
    return changes
