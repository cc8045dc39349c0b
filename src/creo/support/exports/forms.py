"""What is typed about downloads: why a long one is needed, and the number of a paper that was found."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """Why somebody takes a long list."""

    reason = forms.CharField(
        label=_("Para qué la necesita"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("La tarea y quién la encargó. Queda en el registro de actos."),
    )


class NumberForm(forms.Form):
    """The number printed on a paper or in the name of a file."""

    numero = forms.CharField(
        label=_("Número de la descarga"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "D-0000-0000-0000"}),
    )
