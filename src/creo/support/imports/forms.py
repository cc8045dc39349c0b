"""What people fill in: the file with its questions, and the reason of a cancellation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from creo.support.imports import guards
from creo.support.imports.kinds import ImportKind, Option

PREFIX = "option_"


class UploadForm(forms.Form):
    """A file of one kind: where it comes from, the file, and the kind's own questions."""

    mapping = forms.ChoiceField(label=_("Formato de origen"))
    file = forms.FileField(
        label=_("Archivo"),
        help_text=_("CSV o Excel (.xlsx), con los nombres de las columnas en la primera fila."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"required": _("Elija un archivo."), "empty": _("El archivo está vacío.")},
    )

    def __init__(self, kind: ImportKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mappings = list(kind.mappings())
        choice = self.fields["mapping"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(mapping.code, mapping.title) for mapping in mappings]
        choice.help_text = mappings[0].description if len(mappings) == 1 else ""
        for option in kind.options():
            self.fields[PREFIX + option.name] = _field(option)

    def clean_file(self) -> UploadedFile:
        """A first word on size, before the file is read."""
        file: UploadedFile = self.cleaned_data["file"]
        most = max(guards.MAX_BYTES.values())
        if (file.size or 0) > most:
            raise forms.ValidationError(_("El archivo pesa más de %(most)d MB. Divídalo.") % {"most": most // 2**20})
        return file

    def answers(self) -> dict[str, str]:
        """The answers to the kind's questions, as texts."""
        found = {
            name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if name.startswith(PREFIX)
        }
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in found.items() if value
        }

    def refuse(self, messages: list[str], fields: dict[str, str]) -> None:
        """Shows a refusal where it belongs: by the field it names, else above the form."""
        placed = {name: name if name in self.fields else PREFIX + name for name in fields}
        for name, message in fields.items():
            if placed[name] in self.fields:
                self.add_error(placed[name], message)
        for message in messages:
            if message not in fields.values():
                self.add_error(None, message)


class CancelForm(forms.Form):
    """Why a file is given up."""

    reason = forms.CharField(label=_("Motivo"), max_length=300, error_messages={"required": _("Escriba el motivo.")})


def _field(option: Option) -> forms.Field:
    about: dict[str, Any] = {"label": option.label, "help_text": option.help, "required": option.required}
    if option.kind == "choice":
        blank = [] if option.required else [("", "—")]
        return forms.ChoiceField(choices=[*blank, *option.choices], **about)
    if option.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), input_formats=["%Y-%m-%d"], **about)
    return forms.CharField(max_length=200, **about)
