"""What was answered to the questions of a kind of import, checked the same for the page and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from creo.support.imports.kinds import Option
from creo.support.refusals import Refused


def clean_options(options: Sequence[Option], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers by name, each of its kind; unanswered optional ones are left out. Refused naming each fault."""
    known = {option.name: option for option in options}
    faults = {name: _("No se conoce la opción «%(name)s».") % {"name": name} for name in answers if name not in known}
    clean: dict[str, str] = {}
    for option in options:
        text = str(answers.get(option.name) or "").strip()
        if not text:
            if option.required:
                faults[option.name] = _("Falta «%(label)s».") % {"label": option.label}
            continue
        fault = _fault(option, text)
        if fault:
            faults[option.name] = fault
        clean[option.name] = text
    if faults:
        raise Refused(list(faults.values()), fields=faults)
    return clean


def _fault(option: Option, text: str) -> str:
    if option.kind == "choice" and text not in {value for value, _label in option.choices}:
        return _("«%(label)s»: elija un valor de la lista, no [%(text)s].") % {"label": option.label, "text": text}
    if option.kind == "date":
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            return _("«%(label)s»: escriba una fecha como 2026-11-23.") % {"label": option.label}
    return ""
