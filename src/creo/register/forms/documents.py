"""What people type about a document, beside the file itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import Upload
from creo.register.forms.common import choices, day_field, reason_field
from creo.register.queries import EVERY_VERSION, DocumentFilters, KeptFilters
from creo.support.files import limits
from creo.support.refusals import Refused
from creo.support.ui import formats
from creo.territory.queries import FacilityRef


class UploadForm(forms.Form):
    """The file and what it is; the kinds offered are those of the classes that the person may open."""

    kind = forms.ChoiceField(label=_("Tipo de documento"))
    title = forms.CharField(
        label=_("Título"), required=False, max_length=160, help_text=_("Si lo deja vacío lleva el nombre del tipo.")
    )
    dated_on = day_field(_("Fecha del documento"), required=False)
    custody = forms.TypedChoiceField(label=_("Episodio"), required=False, coerce=int, empty_value=None)
    file = forms.FileField(
        label=_("Archivo"),
        max_length=400,
        widget=forms.ClearableFileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Elija un archivo."), "empty": _("El archivo está vacío.")},
    )

    def __init__(
        self, data: Any, files: Any, *, classes: Sequence[str], custodies: Sequence[tuple[int, date]], **other: Any
    ) -> None:
        super().__init__(data, files, **other)
        kind, custody, file = self.fields["kind"], self.fields["custody"], self.fields["file"]
        assert isinstance(kind, forms.ChoiceField) and isinstance(custody, forms.ChoiceField)
        offered = [item for item in rules.document_kinds().values() if item.access in classes]
        kind.choices = [("", _("Elija uno")), *((item.code, item.title) for item in offered)]
        custody.choices = [("", _("Ninguno en particular")), *((str(n), _episode(n, day)) for n, day in custodies)]
        file.help_text = _(
            "PDF, JPEG o PNG de hasta %(most)d MB. A las imágenes se les quitan los datos de la cámara."
        ) % {"most": limits.most_bytes() // limits.MB}

    def clean_file(self) -> UploadedFile[Any]:
        """A first word on size, before the file is read."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > limits.most_bytes():
            raise forms.ValidationError(limits.too_big())
        return file

    def upload(self) -> Upload:
        """The document as the command takes it."""
        typed = self.cleaned_data
        return Upload(
            filename=typed["file"].name or "",
            pieces=typed["file"].chunks(),
            title=typed["title"],
            dated_on=typed["dated_on"],
            custody_number=typed["custody"],
        )


class ReplaceForm(UploadForm):
    """The same for a corrected version: the kind stays, and the correction has its reason."""

    reason = reason_field(_("Qué se corrige y por qué; la versión anterior queda guardada."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class WithdrawForm(forms.Form):
    """Why a document leaves the file."""

    reason = reason_field(_("Por qué no corresponde a este expediente. El documento queda guardado."))


class DocumentFilterForm(forms.Form):
    """What narrows the documents of a person."""

    tipo = forms.ChoiceField(label=_("Tipo"), required=False)
    versiones = forms.ChoiceField(
        label=_("Versiones"),
        required=False,
        choices=[("", _("Vigentes")), (EVERY_VERSION, _("Todas, también reemplazadas y retiradas"))],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kind = self.fields["tipo"]
        assert isinstance(kind, forms.ChoiceField)
        words = {item.code: item.title for item in rules.document_kinds().values()}
        kind.choices = choices(words, _("Todos"))

    def wanted(self) -> DocumentFilters:
        """The filters asked for. Refused with the value that no list offers."""
        if not self.is_valid():
            raise Refused([" ".join(map(str, errors)) for errors in self.errors.values()])
        return DocumentFilters(self.cleaned_data["tipo"], self.cleaned_data["versiones"])

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())


class KeptFilterForm(forms.Form):
    """What narrows the documents of people who left."""

    tipo = forms.ChoiceField(label=_("Tipo"), required=False)
    penal = forms.ChoiceField(label=_("Registrado en"), required=False)

    def __init__(self, data: Any, facilities: Iterable[FacilityRef]) -> None:
        super().__init__(data)
        words = {item.code: item.title for item in rules.document_kinds().values()}
        offered = {
            "tipo": choices(words, _("Todos")),
            "penal": [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)],
        }
        for name, values in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values

    def wanted(self) -> KeptFilters:
        """The filters asked for. Refused with the value that no list offers."""
        if not self.is_valid():
            raise Refused([" ".join(map(str, errors)) for errors in self.errors.values()])
        return KeptFilters(self.cleaned_data["tipo"], self.cleaned_data["penal"])

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters as a file tells them."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if value:
                offered: Any = field.choices
                said.append(f"{field.label}: {dict(offered)[value]}")
        return "; ".join(said)


def _episode(number: int, admitted_on: date) -> str:
    return _("Episodio %(number)d, ingreso el %(day)s") % {"number": number, "day": formats.day(admitted_on)}
