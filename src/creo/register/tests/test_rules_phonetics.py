from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.register import rules
from creo.register.rules.phonetics import SOUND_LETTERS

# Spellings of one name that people write for what they hear: a search by one must find the others.
MEET = """
Quispe Qispe Kispe Qquispe | Huamán Waman Guaman Huaman | Condori Kondori | Mamani Mamany | Choque Chocce Choqe Choke
Ccori Qori Kori Cori | Huayhua Guaygua Waywa | Yupanqui Llupanqui Yupanki | Huanca Wanca Guanca Huanka | Ccopa Qopa Copa
Huillca Willca Huilca Wilka | Sullca Sulca Sulka | Paucar Paukar | Ticona Tikona | Ñahui Ñawi Nahui | Apaza Apasa
Ccahuana Cahuana Qawana | Cusihuamán Kusiwaman Cusiguaman | Carhuajulca Caruajulca Carguajulca | Huayna Wayna Guaina
Chahuayo Chawayo | Q'orianka Qorianka Coriancca | Mayta Maita | Achahui Achawi | Limachi Limachy | Inquilla Inkilla
Ximena Jimena Gimena | Xavier Javier Xabier | Wilmer Huilmer Wuilmer | Jiménez Giménez Ximenes | Mejía Megia
Chávez Chaves Chabez | Sánchez Sanches Zanchez | Vásquez Vázquez Basques | Velásquez Belazques | Núñez Nunes Nuñes
Peña Pena | Muñoz Munos Muños | Rodríguez Rodrigues | Gonzales González Gonsales | Zevallos Cevallos Sevayos Ceballos
Castillo Castiyo | Villa Viya | Llanos Yanos | Carrillo Carriyo | Trujillo Trugillo | Ávila Abila Havila
Hurtado Urtado | Ochoa Hochoa | Hinostroza Inostrosa Ynostroza | Espinoza Espinosa Spinoza | Zambrano Sambrano Sanbrano
Céspedes Sespedes | Cueva Kueva Cueba | Guevara Guebara | Agüero Aguero | Henríquez Enriques Enrríquez
José Jose Joze | Jesús Gesus | Ángel Anjel | Elizabeth Elisabet Elizabet | Ruth Rut | Martha Marta | Bertha Berta
Christian Cristian Kristian | Bryan Brian | Kevin Kebin Quevin | Cynthia Cintia Sintia | Félix Feliz Felis
Miriam Mirian Myriam | William Wiliam Willian | Nelly Neli Nelli Nely | Stephanie Estefani Stefany | Ysabel Isabel
Yolanda Llolanda Iolanda | Gladys Gladis | Zoila Soyla | Roxana Rocsana | Sixto Sisto | Isaac Isac | Saavedra Savedra
Michelle Michel | Gabriella Gabriela | Stella Estela | Sofía Sophia | Jackeline Jaqueline Jacqueline | Eduardo Edwardo
Catherine Katherine Katerine | Leoncio Leonsio | Hilario Ilario Ylario | Delacruz Cruz | O'Higgins Ohigins
"""
# Different names, near as they are: hearing them alike would bury a search.
APART = """
Rosa Rosas | Rosa Rojas | Juan Juana | Mario María | Carlos Carla | Luis Luisa | Luz Lucio | Quispe Quispia
 Ramos Ramón | Torres Torre | Vega Vaca | Vera Viera | Soto Sosa | Cruz Cruces
Peña Piña | Pino Pinto | Mamani Mamá | Condori Cóndor | Huamán Huamaní | Rivera Ribeyro | Castro Castor
Medina Molina | Campos Campo | Salazar Salas | Mendoza Mendieta | Guerra Guerrero | Gómez Gámez
Sara Zaira | Marta María | Delia Dalia | Elsa Elisa | Inga Inca | Poma Puma | Tito Tinto | Chino Sino | Rolando Orlando
Julio Julia | Alan Alana | Noé Noelia | Percy Persia | Gil Gila | Chura Sura | Jara Llara | Gallo Callo
"""


def _groups(table: str) -> list[list[str]]:
    return [group.split() for group in table.replace("\n", "|").split("|") if group.strip()]


PAIRS = [(group[0], other) for group in _groups(MEET) for other in group[1:]]
STRANGERS = [(one, two) for one, two in _groups(APART)]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_spellings_of_one_name_sound_alike(one: str, two: str) -> None:
    assert {sound for sound, _word in rules.name_keys(one)} == {sound for sound, _word in rules.name_keys(two)}


@pytest.mark.parametrize(("one", "two"), STRANGERS)
def test_different_names_do_not_sound_alike(one: str, two: str) -> None:
    assert rules.sound(one) != rules.sound(two)


def test_the_tables_are_as_long_as_was_agreed() -> None:
    assert len(PAIRS) >= 60
    assert len(STRANGERS) >= 30


LETTERS = st.text(alphabet="abcdefghijklmnñopqrstuvwxyzáéíóúü", min_size=1, max_size=20)


@given(LETTERS)
def test_accents_case_and_spaces_change_nothing(word: str) -> None:
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    for other in (word.upper(), f"  {word} ", bare, unicodedata.normalize("NFD", word)):
        assert rules.sound(other) == rules.sound(word)
        assert rules.name_keys(other) == rules.name_keys(word)


@given(st.text(min_size=0, max_size=60))
def test_every_word_has_a_sound_that_fits_its_column(text: str) -> None:
    for sound, word in rules.name_keys(text):
        assert 0 < len(sound) <= rules.MAX_WORD
        assert 0 < len(word) <= rules.MAX_WORD
        assert rules.sound(word) == sound


@given(LETTERS)
def test_a_key_is_made_of_the_letters_that_slips_try(word: str) -> None:
    assert set(rules.sound(word)) <= set(SOUND_LETTERS) | {"h", "w", "x", "q", "v", "z"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("De la Cruz", "Quispe", "María del Pilar"), ["cruz", "quispe", "maria", "pilar"]),
        (("Delacruz", "", ""), ["cruz"]),
        (("De La", "", ""), ["de", "la"]),
        (("García-López", "D'Angelo", "Q´orianka"), ["garcia", "lopez", "dangelo", "qorianka"]),
        (("Quispe", "Quispe", "Ana"), ["quispe", "ana"]),
        (("", " ", "…"), []),
    ],
)
def test_particles_stay_out_and_each_word_counts_once(names: tuple[str, ...], words: list[str]) -> None:
    assert rules.name_words(*names) == words


def _distance(one: str, two: str) -> int:
    """Damerau's: letters left out, added, changed or swapped with the next. Slow and plain."""
    rows = {(-1, -1): 0} | {(i, -1): i + 1 for i in range(len(one))} | {(-1, j): j + 1 for j in range(len(two))}
    for i, left in enumerate(one):
        for j, right in enumerate(two):
            best = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (left != right))
            if i and j and left == two[j - 1] and one[i - 1] == right:
                best = min(best, rows[i - 2, j - 2] + 1)
            rows[i, j] = best
    return rows[len(one) - 1, len(two) - 1]


KEYS = st.text(alphabet=SOUND_LETTERS, min_size=1, max_size=6)


@given(KEYS)
def test_slips_are_at_one_step_and_the_key_is_not_among_them(key: str) -> None:
    slips = rules.one_slip(key)
    assert key not in slips
    assert len(set(slips)) == len(slips)
    assert all(_distance(key, other) == 1 for other in slips)


@given(KEYS, KEYS)
def test_whatever_is_at_one_step_is_a_slip(one: str, two: str) -> None:
    assert (two in rules.one_slip(one)) == (_distance(one, two) == 1)
