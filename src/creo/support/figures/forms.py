"""What is typed to publish."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishForm(forms.Form):
    """Why, and what was seen."""

    reason = forms.CharField(
        label=_("Motivo"), max_length=300, help_text=_("El calendario de publicación o el pedido que la manda.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
