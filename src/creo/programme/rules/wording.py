"""The Spanish words of a change: what is called what, and what changing it changes in practice."""

import re

from creo.programme.rules.base import Item
from creo.programme.rules.design import Design
from creo.programme.rules.entries import nested

# Codes that people use as such (P1, A1.2, C-01, S-01, I4); the others are identifiers and stay inside.
_PUBLIC = re.compile(r"[A-Z]{1,2}-?\d")

SECTION_NAMES = {
    "design": "Versión",
    "levels": "Niveles de gobierno",
    "counts": "Conteos de la fuente",
    "organisations": "Instituciones",
    "identity": "Identidad",
    "populations": "Poblaciones",
    "age_bands": "Rangos de edad",
    "offence_families": "Familias de delito",
    "criteria": "Criterios",
    "exclusions": "Exclusiones",
    "terms": "Palabras",
    "problems": "Problema",
    "outcomes": "Resultados",
    "products": "Productos",
    "activities": "Actividades",
    "responsibles": "Responsables",
    "sheets": "Fichas de producto",
    "models": "Modelos operativos",
    "catalogues": "Listas cerradas",
    "articulation": "Articulación territorial",
    "indicators": "Indicadores",
    "slots": "Lugares de indicador",
    "targets": "Metas físicas",
    "conclusions": "Conclusiones",
    "figures": "Cifras citadas",
    "age_ranges": "Rangos impresos",
    "contradictions": "Contradicciones",
    "facts": "Hechos de la fuente",
    "variants": "Lecturas alternativas",
    "tables": "Tablas",
}

FIELD_NAMES = {
    "min": "edad mínima",
    "max": "edad máxima",
    "articles": "artículos",
    "valid_from": "vigente desde",
    "valid_to": "vigente hasta",
    "value": "valor",
    "year": "año",
    "split": "reparto por sede",
    "title": "título",
    "short": "nombre corto",
    "label": "rótulo",
    "printed": "texto impreso",
    "printed_name": "nombre impreso",
    "treated": "texto tratado",
    "lines": "líneas",
    "test": "prueba",
    "missing": "qué pedir",
    "responsible": "responsable",
    "active": "activa",
    "marks": "marcas de nivel",
    "facility": "establecimiento",
    "ubigeo": "ubigeo",
    "treatment": "tratamiento",
    "severity": "gravedad",
    "statement": "enunciado",
    "number": "número",
    "status": "estado",
    "note": "nota",
    "contradictions": "contradicciones",
    "sites": "sedes",
    "unit": "unidad",
    "organisation": "institución",
    "bound_to": "a qué mide",
    "numerator": "numerador",
    "denominator": "denominador",
    "#orden": "orden",
}

_WHO = "Cambia quién califica: las corridas hechas con otra versión no se comparan sin recalcular."
_EFFECTS = {
    "age_bands": "Cambia la edad de ingreso y los textos que la nombran. Quien ya está inscrito continúa.",
    "offence_families": "Cambia qué delitos entran en la familia y, con ello, quién califica.",
    "criteria": _WHO,
    "exclusions": _WHO,
    "targets": "Cambia la meta contra la que se compara lo ejecutado y los textos que la nombran.",
    "indicators": "Cambia cómo se mide: los valores publicados conservan la definición con la que se calcularon.",
    "slots": "Cambia qué indicadores se informan en ese lugar.",
    "articulation": "Cambia qué niveles de gobierno participan en la actividad.",
    "levels": "Cambia los niveles de gobierno que la articulación admite.",
    "responsibles": "Cambia quién responde por el producto o la actividad.",
    "products": "Cambia la cadena de resultados: productos.",
    "activities": "Cambia la cadena de resultados: actividades.",
    "outcomes": "Cambia la cadena de resultados: resultados.",
    "catalogues": "Cambia los valores que otras pantallas permiten elegir.",
    "design": "Cambia la ficha de la versión.",
    "contradictions": "Cambia el tratamiento documentado de una contradicción.",
}


def effect_of(path: str) -> str:
    """What a change at a path changes in practice."""
    return _EFFECTS.get(path.partition("/")[0], "Cambia textos e informes; no cambia quién califica ni qué se mide.")


def title_of(before: Design, after: Design, path: str) -> str:
    """A path in words: section, item, field."""
    section, *steps = path.split("/")
    words = [SECTION_NAMES.get(section, section)]
    items = _items(before, section) | _items(after, section)
    for step in steps:
        item = items.get(step)
        if item is not None:
            name = _short(after.fill(item.name) if step in _items(after, section) else before.fill(item.name))
            words.append(f"{item.code}: {name}" if _PUBLIC.match(item.code) and name != item.code else name)
            items = {part.code: part for _, _, part in nested(item)}
        else:
            words.append(FIELD_NAMES.get(step, step))
            items = items if step in _PART_FIELDS else {}
    return " · ".join(word for step, word in zip([section, *steps], words, strict=True) if step not in _PART_FIELDS)


_PART_FIELDS = frozenset({"fields", "mentions", "deliverables", "stages", "sites", "options"})


def _items(design: Design, section: str) -> dict[str, Item]:
    if section == "design":
        return {}
    return {item.code: item for item in getattr(design, section, ())}


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rstrip() + "…"
