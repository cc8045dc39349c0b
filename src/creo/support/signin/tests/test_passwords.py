"""Password rules (v5.0.0-6.2.1 to 6.2.12): long is enough, known is not."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from creo.support.accounts.models import User
from creo.support.signin.passwords import first_password

pytestmark = pytest.mark.django_db
ROSA = User(username="rosa.huaman", name="Rosa Huamán Torres")


@pytest.mark.parametrize(
    "password",
    [
        "siete gatos miran el río",
        "caballo-verde-batería-grapa",
        "x" + "çñß漢字каша" * 5,
        "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 2,
        "Tr0pical#Quena88",
    ],
)
def test_a_long_one_of_ones_own_is_taken_whatever_its_signs(password: str) -> None:
    validate_password(password, ROSA)


@pytest.mark.parametrize(
    "password",
    [
        "corta-clave",
        "password12345",
        "princess2026!!",
        "Contraseña2026",
        "INPE-CREO-2026",
        "1np3-cr30-2026",
        "penitenciario1",
        "EstablecimientoLima",
        "rosahuaman2026",
        "torres.huaman.rosa",
        "aaaaaaaaaaaaaa",
        "121212121212",
        "123456789012345",
        "qwertyuiop123",
        "bienvenidoenero",
    ],
)
def test_a_known_one_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ROSA)


class Places:
    """Stands for the facilities of the territory, which support does not know."""

    def values_list(self, *fields: str, flat: bool) -> list[str]:
        return ["E.P. Carquín de Huacho"]


def places(reader: object) -> Places:
    return Places()


def test_the_names_of_the_prisons_are_known(settings) -> None:
    validate_password("CarquinHuacho!", ROSA)
    settings.CREO_PLACES = f"{__name__}.places"
    with pytest.raises(ValidationError):
        validate_password("CarquinHuacho!", ROSA)


def test_three_thousand_common_ones_are_refused_with_something_after_them() -> None:
    common = sorted(word for word in CommonPasswordValidator().passwords if len(word) >= 6)[:3000]
    taken = []
    for word in common:
        try:
            validate_password(f"{word}2026!!", ROSA)
        except ValidationError:
            continue
        taken.append(word)
    assert taken == []


def test_first_passwords_are_random_and_pass_the_rules() -> None:
    made = {first_password() for _n in range(200)}
    assert len(made) == 200
    for password in made:
        validate_password(password, ROSA)


@given(st.text(min_size=12, max_size=64))
def test_no_text_breaks_the_rules(password: str) -> None:
    try:
        validate_password(password, ROSA)
    except ValidationError as error:
        assert error.messages
