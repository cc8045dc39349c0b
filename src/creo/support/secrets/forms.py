"""What is typed about keys: why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why a key is changed or destroyed."""

    reason = forms.CharField(label=_("Motivo"), max_length=300, help_text=_("Queda en el registro de actos."))
