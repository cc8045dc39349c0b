"""Nationalities as two letters of ISO 3166-1, with the words by which files and people name them."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from creo.register.rules.names import search_key

PERUVIAN = "PE"

# Code, country, and the words of the record ("peruana", "peruano"): those met in prison statistics, not all the world.
_TABLE = """
PE Perú peruana peruano
AR Argentina argentina argentino
BO Bolivia boliviana boliviano
BR Brasil brasileña brasileño brasilera brasilero
CL Chile chilena chileno
CN China china chino
CO Colombia colombiana colombiano
CR Costa_Rica costarricense
CU Cuba cubana cubano
DO República_Dominicana dominicana dominicano
EC Ecuador ecuatoriana ecuatoriano
SV El_Salvador salvadoreña salvadoreño
ES España española español
US Estados_Unidos estadounidense norteamericana norteamericano
FR Francia francesa francés
DE Alemania alemana alemán
GT Guatemala guatemalteca guatemalteco
HT Haití haitiana haitiano
HN Honduras hondureña hondureño
IN India india indio
IL Israel israelí
IT Italia italiana italiano
JP Japón japonesa japonés
MY Malasia malasia malasio
MX México mexicana mexicano
NG Nigeria nigeriana nigeriano
NI Nicaragua nicaragüense
NL Países_Bajos neerlandesa neerlandés holandesa holandés
PA Panamá panameña panameño
PY Paraguay paraguaya paraguayo
PL Polonia polaca polaco
PT Portugal portuguesa portugués
GB Reino_Unido británica británico inglesa inglés
RO Rumanía rumana rumano
RU Rusia rusa ruso
ZA Sudáfrica sudafricana sudafricano
TH Tailandia tailandesa tailandés
TR Turquía turca turco
UY Uruguay uruguaya uruguayo
VE Venezuela venezolana venezolano
"""


def _rows() -> list[tuple[str, str, tuple[str, ...]]]:
    lines = [line.split() for line in _TABLE.strip().splitlines()]
    return [(code, name.replace("_", " "), tuple(words)) for code, name, *words in lines]


@functools.cache
def nationality_words() -> Mapping[str, str]:
    """Country by code; a code outside the table is shown as it is."""
    return {code: name for code, name, _ in _rows()}


@functools.cache
def nationality_texts() -> Mapping[str, str]:
    """Every accepted text with its code: the country, its people's name, the code itself."""
    texts: dict[str, str] = {}
    for code, name, words in _rows():
        for text in (code, name, *words):
            texts[search_key(text)] = code
    return texts


def nationality_name(code: str) -> str:
    """The country of a code; empty when none is recorded."""
    return nationality_words().get(code, code)


def read_nationality(text: str) -> str:
    """The code of what somebody wrote; empty when it is not understood."""
    return nationality_texts().get(search_key(text), "")
