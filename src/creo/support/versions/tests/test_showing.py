"""The two columns of a stale form read like the form: labels, words of choices, dates of Lima."""

from __future__ import annotations

from datetime import date

from django import forms

from creo.support.versions import differences


class Sheet(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nombre")
    born = forms.DateField(label="Nacimiento")
    sex = forms.ChoiceField(label="Sexo", choices=[("", "—"), ("female", "Mujer"), ("male", "Hombre")])
    place = forms.ChoiceField(label="Lugar", choices=[("Piura", [("EP-PIURA", "EP Piura")]), ("n", "Nacional")])
    active = forms.BooleanField(label="Activa", required=False)
    ways = forms.MultipleChoiceField(label="Vías", choices=[("a", "Una"), ("b", "Otra")])
    secret = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Motivo")


def shown(typed: dict[str, object], now: dict[str, object]) -> list[tuple[str, str, str, bool]]:
    rows = differences(Sheet(typed, initial=now))
    return [(row.label, _plain(row.left), _plain(row.right), row.differs) for row in rows]


def test_each_field_that_shows_something_recorded_has_both_values_in_words() -> None:
    typed = {
        "name": "Ana",
        "born": "1990-02-01",
        "sex": "female",
        "place": "EP-PIURA",
        "active": "on",
        "ways": ["a", "b"],
    }
    now = {"name": "Eva", "born": date(1991, 2, 1), "sex": "male", "place": "n", "active": False, "ways": ["a"]}
    assert shown(typed, now) == [
        ("Nombre", "Ana", "Eva", True),
        ("Nacimiento", "01 feb 1990", "01 feb 1991", True),
        ("Sexo", "Mujer", "Hombre", True),
        ("Lugar", "EP Piura", "Nacional", True),
        ("Activa", "Sí", "No", True),
        ("Vías", "Una, Otra", "Una", True),
    ]


def test_what_is_the_same_says_so() -> None:
    assert shown({"name": " Ana ", "born": "1990-02-01"}, {"name": "Ana", "born": date(1990, 2, 1)}) == [
        ("Nombre", "Ana", "Ana", False),
        ("Nacimiento", "01 feb 1990", "01 feb 1990", False),
    ]


def test_what_was_typed_badly_is_shown_as_typed() -> None:
    assert shown({"born": "ayer", "sex": "otro"}, {"born": None, "sex": ""}) == [
        ("Nacimiento", "ayer", "", True),
        ("Sexo", "otro", "—", True),
    ]


def test_hidden_fields_and_those_that_show_nothing_recorded_are_left_out() -> None:
    assert shown({"secret": "x", "reason": "y"}, {"secret": "z"}) == []


def _plain(text: str) -> str:
    """With common blanks for those that keep a date on one line."""
    return text.replace("\xa0", " ")
