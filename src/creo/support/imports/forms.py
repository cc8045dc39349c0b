"""What people fill in: the file with its questions, and the reason of a cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from creo.support.imports import guards, saved
from creo.support.imports.checks import Field
from creo.support.imports.kinds import ImportKind, Option
from creo.support.imports.mapping import DATE_FORMATS, SourceMapping, key

PREFIX = "option_"
COLUMN, FORMAT, WORDS, ALWAYS = "__columna", "__formato", "__palabras", "__siempre"


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
        self.mappings = mappings = [*kind.mappings(), *saved.offered(kind.code)]
        choice = self.fields["mapping"]
        assert isinstance(choice, forms.ChoiceField)
        choice.required = False
        choice.choices = [
            ("", _("Reconocer por sus columnas")),
            *((mapping.code, mapping.title) for mapping in mappings),
        ]
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


class MappingForm(forms.Form):
    """Which column of a file is which field: a select for each field, and how its texts are read."""

    name = forms.CharField(
        label=_("Nombre del formato"),
        max_length=60,
        help_text=_("De quién es y qué trae: «Lista semanal de Lima»."),
        error_messages={"required": _("Escriba un nombre para el formato.")},
    )
    reason = forms.CharField(label=_("Motivo"), max_length=300, error_messages={"required": _("Escriba el motivo.")})

    def __init__(
        self, fields: Sequence[Field], headers: Sequence[str], known: Sequence[SourceMapping], *args: Any, **kwargs: Any
    ) -> None:
        """`known` are the formats that may tell which column is which, the likeliest first."""
        super().__init__(*args, **kwargs)
        self._targets = tuple(fields)
        by_key = {key(header): header for header in headers}
        choices = [("", "—"), *((header, header) for header in headers)]
        for target in fields:
            rules = [rule for mapping in known if (rule := mapping.rule(target.name)) is not None]
            likely = [*(name for rule in rules for name in rule.names), target.label]
            guess = next((by_key[key(name)] for name in likely if key(name) in by_key), "")
            column = forms.ChoiceField(label=_("Columna"), choices=choices, required=False, initial=guess)
            self.fields[f"{target.name}{COLUMN}"] = column
            constant = (
                ""
                if guess
                else next((mapping.constants[target.name] for mapping in known if target.name in mapping.constants), "")
            )
            self.fields[f"{target.name}{ALWAYS}"] = forms.CharField(
                label=_("Siempre"), max_length=200, required=False, initial=constant
            )
            if target.kind == "date":
                self.fields[f"{target.name}{FORMAT}"] = forms.ChoiceField(
                    label=_("Cómo se escribe"), choices=_date_choices(), required=False
                )
            elif target.kind in saved.KINDS_OF_WORDS:
                self.fields[f"{target.name}{WORDS}"] = forms.CharField(
                    label=_("Palabras del archivo"), max_length=2_000, required=False
                )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The inputs of each field together."""
        return [
            {
                "label": target.label,
                "required": target.required,
                "items": [
                    self[target.name + part]
                    for part in (COLUMN, FORMAT, WORDS, ALWAYS)
                    if target.name + part in self.fields
                ],
            }
            for target in self._targets
        ]

    def clean(self) -> dict[str, Any]:
        """Words are written as pairs; a field comes from a column or is always the same, not both."""
        cleaned = super().clean() or self.cleaned_data
        for target in self._targets:
            if cleaned.get(target.name + COLUMN) and cleaned.get(target.name + ALWAYS):
                self.add_error(target.name + ALWAYS, _("Elija la columna o escriba un valor, no las dos cosas."))
            try:
                _pairs(cleaned.get(target.name + WORDS) or "")
            except ValueError:
                self.add_error(
                    target.name + WORDS, _("Escriba cada palabra así: PROC = procesado; SENT = sentenciado.")
                )
        return cleaned

    def rules(self) -> dict[str, Any]:
        """What was filled in, as the data of a format."""
        columns: dict[str, Any] = {}
        constants: dict[str, str] = {}
        for target in self._targets:
            column, always = (self.cleaned_data.get(target.name + part) or "" for part in (COLUMN, ALWAYS))
            if always:
                constants[target.name] = always
            if not column:
                continue
            rule: dict[str, Any] = {"from": column}
            if self.cleaned_data.get(target.name + FORMAT):
                rule["format"] = self.cleaned_data[target.name + FORMAT]
            words = _pairs(self.cleaned_data.get(target.name + WORDS) or "")
            columns[target.name] = rule | ({"values": words} if words else {})
        return {"missing": ["", "-", "sin dato", "no consta"], "columns": columns, "constants": constants}


def _pairs(text: str) -> dict[str, str]:
    """«PROC = procesado; SENT = sentenciado» as data. ValueError for a pair without its sign."""
    found: dict[str, str] = {}
    for part in filter(str.strip, text.split(";")):
        word, sign, meaning = part.partition("=")
        if not sign or not word.strip():
            raise ValueError(part)
        found[word.strip()] = meaning.strip()
    return found


def _date_choices() -> list[tuple[str, Any]]:
    return [("", _("Reconocer")), *((name, name) for name in DATE_FORMATS if name != "excel")]


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
