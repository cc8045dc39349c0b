"""What people type into the offence catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import OffenceValues
from creo.register.forms.common import NO, YES, day_field, reason_field
from creo.register.queries import CatalogueFilters, CatalogueRow
from creo.support.ui import formats

STATES = (
    ("", _("Todos")),
    ("in_force", _("Vigentes")),
    ("retired", _("Retirados")),
    ("unmapped", _("Sin familia")),
    ("edited", _("Cambiados por personas")),
)


def families(first: Any) -> list[tuple[str, Any]]:
    """The families of the catalogue by title, after an empty one."""
    titles = sorted(rules.family_titles().items(), key=lambda pair: pair[1])
    return [("", first), *titles]


class CatalogueFilterForm(forms.Form):
    """What is looked for in the catalogue, read from the address."""

    q = forms.CharField(
        label=_("Buscar"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search", "placeholder": _("Denominación, artículo o título de INPE")}),
    )
    familia = forms.ChoiceField(label=_("Familia"), required=False)
    estado = forms.ChoiceField(label=_("Estado"), required=False, choices=STATES)
    al = day_field(_("Según el catálogo del"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        field = self.fields["familia"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = families(_("Todas"))

    def wanted(self) -> CatalogueFilters:
        """The filters that make sense; a value that does not is left out."""
        self.is_valid()
        typed = self.cleaned_data
        return CatalogueFilters(
            as_of=typed.get("al") or self._today,
            text=typed.get("q", ""),
            family=typed.get("familia", ""),
            state=typed.get("estado", ""),
        )

    @property
    def used(self) -> bool:
        """True when something narrows the list."""
        wanted = self.wanted()
        return bool(wanted.text or wanted.family or wanted.state or wanted.as_of != self._today)

    def in_words(self) -> str:
        """The filters in words, for the ledger and the file."""
        wanted = self.wanted()
        words = [_now("Según el catálogo del %(day)s") % {"day": formats.day(wanted.as_of)}]
        if wanted.text:
            words.append(_now("Buscar: %(text)s") % {"text": wanted.text})
        if wanted.family:
            words.append(_now("Familia: %(family)s") % {"family": rules.family_titles()[wanted.family]})
        if wanted.state:
            words.append(_now("Estado: %(state)s") % {"state": dict(STATES)[wanted.state]})
        return "; ".join(words)


class FamilyForm(forms.Form):
    """The family of an offence."""

    family = forms.ChoiceField(label=_("Familia"))
    on = day_field(_("Desde"), required=False, help_text=_("Vacío: la familia anterior era un error y nunca rigió."))
    reason = reason_field(_("Norma, acta o documento que sustenta el cambio."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = families(_("Elija una"))


class AliasesForm(forms.Form):
    """The other titles of an offence, one a line."""

    aliases = forms.CharField(
        label=_("Otros títulos"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Uno por línea: como lo escriben el INPE o los juzgados."),
    )
    attempt_aliases = forms.CharField(
        label=_("Títulos que dicen tentativa"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Uno por línea: «… grado de tentativa»."),
    )
    reason = reason_field(_("Lista o documento donde aparece ese título."))

    def lines(self, name: str) -> tuple[str, ...]:
        """The titles typed in a field."""
        return tuple(line.strip() for line in self.cleaned_data[name].splitlines() if line.strip())


class ValidityForm(forms.Form):
    """Since when an offence exists, and from which day it no longer does."""

    valid_from = day_field(_("Rige desde"), required=False)
    last_day = day_field(
        _("Último día en que rige"), required=False, help_text=_("Con fecha, el delito queda retirado: no se elimina.")
    )
    reason = reason_field(_("Norma que lo crea, lo cambia o lo deroga, con su publicación."))


class NewOffenceForm(forms.Form):
    """An offence that the catalogue does not have."""

    code = forms.CharField(label=_("Código"), max_length=30, help_text=_("Ley y artículo: CP-189-D, L-30096-8."))
    law = forms.CharField(label=_("Ley"), max_length=30, help_text=_("CP para el Código Penal."))
    article = forms.CharField(label=_("Artículo"), max_length=10)
    title = forms.CharField(label=_("Denominación"), max_length=200)
    family = forms.ChoiceField(label=_("Familia"), required=False)
    modality = forms.CharField(label=_("Modalidad"), max_length=80, required=False)
    attempt_allowed = forms.ChoiceField(
        label=_("¿Admite tentativa?"), choices=(("", _("Elija una")), (YES, _("Sí")), (NO, _("No")))
    )
    valid_from = day_field(_("Rige desde"), required=False)
    predecessor = forms.ChoiceField(label=_("Antes se llamaba"), required=False)
    source = forms.CharField(label=_("Fuente"), max_length=300, help_text=_("Norma y fecha de su publicación."))
    reason = reason_field(_("Documento que pide agregarlo."))

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        family, predecessor = self.fields["family"], self.fields["predecessor"]
        assert isinstance(family, forms.ChoiceField) and isinstance(predecessor, forms.ChoiceField)
        family.choices = families(_("Todavía sin familia"))
        predecessor.choices = [("", _("Ninguno")), *((row.code, row.label) for row in catalogue)]

    def values(self) -> OffenceValues:
        """What was typed, for the command."""
        typed = self.cleaned_data
        names = ("code", "law", "article", "title", "family", "modality", "valid_from", "predecessor", "source")
        return OffenceValues(attempt_allowed=typed["attempt_allowed"] == YES, **{name: typed[name] for name in names})
