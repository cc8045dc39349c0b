"""What the reference is narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.kernel.access import ACCESS_WORDS


class ReferenceForm(forms.Form):
    """A class and a slice; both empty: everything."""

    clase = forms.ChoiceField(label=gettext_lazy("Clase"), required=False)
    capitulo = forms.ChoiceField(label=gettext_lazy("Capítulo"), required=False)

    def __init__(self, data: Any, slices: list[str]) -> None:
        super().__init__(data)
        words = [(access.value, _(ACCESS_WORDS[access])) for access in ACCESS_WORDS]
        self.fields["clase"].choices = [("", _("Todas")), *words]  # type: ignore[attr-defined]
        self.fields["capitulo"].choices = [("", _("Todos")), *((name, name) for name in slices)]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, str]:
        """The filters; what is not in the lists narrows nothing."""
        self.is_valid()
        return {
            "access": self.cleaned_data.get("clase", ""),
            "slice_": self.cleaned_data.get("capitulo", ""),
        }
