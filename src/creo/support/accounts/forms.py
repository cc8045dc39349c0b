"""What people type about accounts, roles held and their review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.accounts import queries
from creo.support.accounts.commands import GrantData
from creo.support.accounts.permissions import ROLES
from creo.support.accounts.permissions.permission import FACILITY, NATION, REGION
from creo.support.accounts.places import Places, scope_from
from creo.support.accounts.queries import reviews, staff
from creo.support.accounts.readers import Scope
from creo.support.accounts.workplace import text_of
from creo.support.refusals import Refused

STAFF_STATES = {
    staff.ACTIVE: gettext_lazy("Habilitadas"),
    staff.DISABLED: gettext_lazy("Inhabilitadas"),
    staff.WITHOUT_ROLE: gettext_lazy("Sin rol vigente"),
    staff.ENDING: gettext_lazy("Con un rol por vencer"),
}
REVIEW_STATES = {
    reviews.DUE: gettext_lazy("Por revisar ya"),
    reviews.LAPSED: gettext_lazy("Suspendidos sin revisión"),
}
DECISION_WORDS = {
    "keep": gettext_lazy("Se mantienen: su función los necesita"),
    "end": gettext_lazy("Terminan: ya no corresponden"),
}
REASON_HELP = gettext_lazy("Queda en el registro de actos con su nombre.")
DAY = {"type": "date"}
ALL = "all"


def role_choices(levels: tuple[str, ...] = (NATION, REGION, FACILITY)) -> list[tuple[str, Any]]:
    """The roles that may be held at some kind of place, by title."""
    roles = [role for role in ROLES.values() if set(role.levels) & set(levels)]
    return sorted(((role.code, role.title) for role in roles), key=lambda pair: str(pair[1]))


def place_choices(places: Places) -> list[Any]:
    """The places within sight, grouped by kind."""
    groups: dict[str, list[tuple[str, str]]] = {NATION: [], REGION: [], FACILITY: []}
    for place in places.all():
        groups[place.kind].append((text_of(place), places.label(place)))
    named = {REGION: _("Oficinas regionales"), FACILITY: _("Establecimientos")}
    return [*groups[NATION], *((named[kind], groups[kind]) for kind in named if groups[kind])]


class _Filters(forms.Form):
    """Filters that the address keeps."""

    def __init__(self, data: Any, places: Places) -> None:
        super().__init__(data)
        offer(self, "role", [("", _("Todos")), *role_choices()])
        offer(self, "place", [("", _("Todos")), *place_choices(places)])

    def in_words(self) -> str:
        """The filters set, as people read them."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value:
                said.append(f"{field.label}: {_words(field, value)}")
        return "; ".join(said)

    def checked(self) -> dict[str, Any]:
        """What was asked for. Refused with the field that holds what no list offers."""
        if not self.is_valid():
            raise Refused([f"{self.fields[name].label}: {' '.join(map(str, e))}" for name, e in self.errors.items()])
        return self.cleaned_data


class StaffForm(_Filters):
    """The filters of the list of staff."""

    q = forms.CharField(
        label=gettext_lazy("Nombre o usuario"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Rol"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Lugar"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Estado"), required=False, choices=[("", gettext_lazy("Todos")), *STAFF_STATES.items()]
    )

    def wanted(self) -> queries.StaffFilters:
        """The filters asked for."""
        asked = self.checked()
        return queries.StaffFilters(asked["q"], asked["role"], scope_from(asked["place"]), asked["state"])


class ReviewForm(_Filters):
    """The filters of the review."""

    place = forms.ChoiceField(label=gettext_lazy("Lugar"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Rol"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Revisión"), required=False, choices=[("", gettext_lazy("Todas")), *REVIEW_STATES.items()]
    )

    def wanted(self) -> queries.ReviewFilters:
        """The filters asked for."""
        asked = self.checked()
        return queries.ReviewFilters(scope_from(asked["place"]), asked["role"], asked["state"])


class AccountForm(forms.Form):
    """A new account."""

    name = forms.CharField(label=gettext_lazy("Nombres y apellidos"), max_length=120)
    username = forms.CharField(
        label=gettext_lazy("Usuario"),
        max_length=64,
        help_text=gettext_lazy("Minúsculas sin tilde o números, separados por punto: «nombre.apellido»."),
    )
    reason = forms.CharField(label=gettext_lazy("Documento que la pide"), max_length=300, help_text=REASON_HELP)


class ReasonForm(forms.Form):
    """Why something is done to an account or a role."""

    reason = forms.CharField(
        label=gettext_lazy("Motivo"), max_length=300, widget=forms.Textarea({"rows": 3}), help_text=REASON_HELP
    )


class GrantForm(forms.Form):
    """A role to be granted."""

    role = forms.ChoiceField(label=gettext_lazy("Rol"))
    place = forms.ChoiceField(label=gettext_lazy("Lugar"))
    valid_from = forms.DateField(label=gettext_lazy("Desde"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label=gettext_lazy("Hasta"),
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("El primer día en que ya no rige. Dos años como máximo; algunos roles, uno."),
    )
    resolution = forms.CharField(label=gettext_lazy("Resolución o documento"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("Motivo"), max_length=300, widget=forms.Textarea({"rows": 3}), help_text=REASON_HELP
    )

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = tuple(dict.fromkeys(place.kind for place in places.all()))
        # Nothing is chosen beforehand: a role is given on purpose.
        offer(self, "role", [("", _("Elija un rol")), *role_choices(levels)])
        offer(self, "place", [("", _("Elija un lugar")), *place_choices(places)])

    def data_for(self, username: str) -> GrantData:
        """What was typed, for somebody."""
        typed = dict(self.cleaned_data)
        place = scope_from(typed.pop("place")) or Scope(NATION)
        return GrantData(username=username, scope_kind=place.kind, scope_code=place.code, **typed)


class DecideAccessForm(forms.Form):
    """What a reviewer decides about the accesses they marked."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Los accesos marcados"), choices=list(DECISION_WORDS.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("En qué se basa"), max_length=300, widget=forms.Textarea({"rows": 2}), help_text=REASON_HELP
    )


class SignForm(forms.Form):
    """The signature under a review."""

    place = forms.ChoiceField(label=gettext_lazy("Lugar"))
    note = forms.CharField(
        label=gettext_lazy("Constancia"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Acta, informe o conclusión de la revisión. Queda en el registro de actos con su nombre."
        ),
    )

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", place_choices(places))


class WorkplaceForm(forms.Form):
    """Where somebody works now: at one of their places, or at all of them."""

    place = forms.ChoiceField(label=gettext_lazy("Trabajo ahora en"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [(ALL, _("Todos mis lugares")), *choices])


def offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    """Gives a field its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _words(field: forms.Field, value: object) -> str:
    if not isinstance(field, forms.ChoiceField):
        return str(value)
    choices: Any = field.choices
    for key, label in choices:
        inner = label if isinstance(label, list | tuple) else [(key, label)]
        for code, words in inner:
            if code == value:
                return str(words)
    return str(value)
