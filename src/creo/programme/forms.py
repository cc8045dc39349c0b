"""What people type about the programme: filters of its lists, and the changes of a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.programme import rules
from creo.support.refusals import Refused

SEVERITIES = (("H", _("Alta")), ("M", _("Media")), ("L", _("De redacción")))
_ARTICLES = 40


class ContradictionFilter(forms.Form):
    """The filters of the contradictions; their address keeps them."""

    q = forms.CharField(label=_("Buscar"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    gravedad = forms.ChoiceField(label=_("Gravedad"), required=False, choices=[("", _("Todas")), *SEVERITIES])
    producto = forms.ChoiceField(label=_("Producto"), required=False)

    def __init__(self, data: Any, products: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["producto"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Todos")), *products]

    def wanted(self) -> dict[str, str]:
        """The filters typed. Refused with the field and the value that no list offers."""
        return _typed(self)


class FactFilter(forms.Form):
    """The search among the facts of the source."""

    q = forms.CharField(label=_("Buscar"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))

    def wanted(self) -> dict[str, str]:
        """The search typed. Refused when it is too long."""
        return _typed(self)


def _typed(form: forms.Form) -> dict[str, str]:
    if not form.is_valid():
        raise Refused(
            [f"{form.fields[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items()]
        )
    return form.cleaned_data


class CompareForm(forms.Form):
    """Two versions to put side by side."""

    a = forms.TypedChoiceField(label=_("De la versión"), coerce=int)
    b = forms.TypedChoiceField(label=_("A la versión"), coerce=int)

    def __init__(self, data: Any, versions: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        for name in ("a", "b"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(versions)


class DraftForm(forms.Form):
    """A draft that begins."""

    variant = forms.ChoiceField(
        label=_("Punto de partida"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Las lecturas alternativas salen de la propia fuente y se pueden seguir cambiando."),
    )
    title = forms.CharField(
        label=_("Nombre del borrador"),
        max_length=200,
        required=False,
        help_text=_("Opcional: si lo deja vacío, toma el de la lectura elegida."),
    )

    def __init__(self, data: Any, variants: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, initial={"variant": ""})
        field = self.fields["variant"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("El diseño en vigencia, sin cambios")), *variants]


class _ChangeForm(forms.Form):
    """A change of a draft, with its reason last."""

    reason = forms.CharField(
        label=_("Motivo"), max_length=400, required=False, help_text=_("Opcional: queda en el registro de actos.")
    )


class BandForm(_ChangeForm):
    """The ages of a band."""

    minimum = forms.IntegerField(label=_("Edad mínima"), min_value=0, max_value=120, help_text=_("Años cumplidos."))
    maximum = forms.IntegerField(
        label=_("Edad máxima"), min_value=0, max_value=120, help_text=_("Años cumplidos, incluida esa edad.")
    )
    field_order = ("minimum", "maximum", "reason")


class FamilyForm(_ChangeForm):
    """The articles of an offence family."""

    articles = forms.CharField(
        label=_("Artículos del Código Penal"),
        max_length=600,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Artículos o rangos separados por comas, por ejemplo: 185-199, 202-208, 189-A."),
    )
    field_order = ("articles", "reason")

    def clean_articles(self) -> list[str]:
        """The articles, one text each. The rule of the design says whether they are articles."""
        found = [part.strip() for part in self.cleaned_data["articles"].replace("\n", ",").split(",") if part.strip()]
        if len(found) > _ARTICLES:
            raise forms.ValidationError(_("Son demasiados rangos: use a lo sumo %(most)s."), params={"most": _ARTICLES})
        return found


class ExclusionForm(_ChangeForm):
    """An exclusion that is on or off."""

    active = forms.BooleanField(label=_("La exclusión está activa"), required=False)
    field_order = ("active", "reason")


class TargetForm(_ChangeForm):
    """A target with its year and its split by site; an empty split stays unprogrammed."""

    value = forms.IntegerField(label=_("Meta"), min_value=0, max_value=10_000_000)
    year = forms.IntegerField(
        label=_("Año fiscal"), min_value=1990, max_value=2100, required=False, help_text=_("Vacío: sin año.")
    )

    def __init__(self, data: Any, target: rules.Target, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.sites = [site.code for site in target.sites]
        for site in target.sites:
            field = forms.IntegerField(
                label=_("Sede %(name)s") % {"name": site.printed}, min_value=0, max_value=10_000_000, required=False
            )
            self.fields[f"site_{site.code}"] = field
        self.order_fields(["value", "year", *(f"site_{code}" for code in self.sites), "reason"])

    def clean(self) -> dict[str, Any]:
        """Either every site has its part or none has; that they add up is a rule of the design."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parts = {code: cleaned.get(f"site_{code}") for code in self.sites}
        given = {code: part for code, part in parts.items() if part is not None}
        if given and len(given) < len(parts) and not self.errors:
            missing = next(code for code in self.sites if code not in given)
            self.add_error(f"site_{missing}", _("Complete todas las sedes o deje todas vacías."))
        cleaned["split"] = given or None
        return cleaned


class InForceForm(forms.Form):
    """A draft that begins to rule."""

    valid_from = forms.DateField(
        label=_("Rige desde"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Primer día con este diseño. El que rige hoy se retira ese día."),
    )
    reason = forms.CharField(label=_("Sustento"), max_length=400, help_text=_("Resolución u oficio que lo aprueba."))


class RetireForm(forms.Form):
    """The design in force, ended."""

    on = forms.DateField(
        label=_("Deja de regir el"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Primer día sin este diseño."),
    )
    reason = forms.CharField(label=_("Motivo"), max_length=400, help_text=_("Resolución u oficio, y por qué."))
