"""What the pages of access share: the way back, and links to lists as files."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.exports.listings import CSV, XLSX
from creo.support.ui.parts import Link


def trail(*more: Link) -> list[Link]:
    """The way back to the list of staff."""
    return [Link(_("Personal y accesos"), reverse("accounts:staff")), *more]


def exports(request: HttpRequest, view: str) -> list[Link]:
    """Links to the list as files, with the filters of the address."""
    if not request.reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse(view, args=[kind]) + asked) for kind in (CSV, XLSX)]
