"""Reads a design from a folder of YAML files and refuses it with every error at once, each with its file and line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from creo.programme.rules.base import Item
from creo.programme.rules.chain import Header
from creo.programme.rules.design import SECTIONS, Design
from creo.programme.rules.diffs import Change, PathError, apply_to_document, diff
from creo.programme.rules.errors import DesignError, DesignErrors
from creo.programme.rules.integrity import Draft, integrity_errors
from creo.programme.rules.marked import Json, Marks, Place, Steps, read_file
from creo.programme.rules.notes import Variant

_TYPES = {
    "string_type": "un texto",
    "int_type": "un número entero",
    "bool_type": "true o false",
    "list_type": "una lista",
    "tuple_type": "una lista",
    "dict_type": "un grupo de campos",
    "model_type": "un grupo de campos",
    "date_type": "una fecha AAAA-MM-DD",
    "date_parsing": "una fecha AAAA-MM-DD",
    "date_from_datetime_parsing": "una fecha AAAA-MM-DD",
    "decimal_type": "un número decimal entre comillas",
    "decimal_parsing": "un número decimal entre comillas",
    "none_required": "null: ese dato no va en los archivos",
    "string_too_short": "un texto que no esté vacío",
    "too_short": "una lista con al menos un elemento",
}


def load_design(path: Path) -> Design:
    """The design in a folder. DesignErrors carries everything that is wrong with it."""
    marks = Marks()
    files = sorted(path.glob("*.yaml"))
    if not files:
        raise DesignErrors((DesignError(str(path), 1, "carpeta", "no hay archivos .yaml", "al menos design.yaml"),))
    raw, errors = _read(files, marks)
    return _build(raw, errors, marks)


def design_from_document(document: dict[str, Json], name: str = "documento") -> Design:
    """The design in a canonical document. DesignErrors as `load_design`, without lines; variants are not tried."""
    marks = Marks()
    marks.put((), Place(name, 1))
    return _build(document, [], marks, variants=False)


def apply_changes(design: Design, changes: Iterable[Change]) -> Design:
    """The design with the changes made. PathError or DesignErrors when the result is not a design."""
    return _changed(design.document(), changes)


def variant_changes(design: Design, code: str) -> list[Change]:
    """What an alternative reading would change now. KeyError when there is no such variant."""
    item = design.find(f"variant:{code}")
    assert isinstance(item, Variant)
    changes = [Change(change.path, "", None, change.value) for change in item.changes]
    return diff(design, apply_changes(design, changes))


def _changed(document: dict[str, Json], changes: Iterable[Change]) -> Design:
    changed = apply_to_document(document, changes)
    if not isinstance(changed, dict):
        raise PathError("el cambio no deja un documento")
    return design_from_document(changed)


def _read(files: list[Path], marks: Marks) -> tuple[dict[str, Json], list[DesignError]]:
    """All sections of all files as one document; a section belongs to one file."""
    document: dict[str, Json] = {}
    errors: list[DesignError] = []
    marks.put((), Place(files[0].name, 1))
    for file in files:
        own = Marks()
        content, problems = read_file(file, file.name, own)
        errors += problems
        if not isinstance(content, dict):
            if not problems:
                errors.append(DesignError(file.name, 1, "archivo", "no es un grupo de secciones", "sección: lista"))
            continue
        for section, value in content.items():
            place = own.find((section,))
            if section in document:
                other = marks.find((section,)).file
                problem = f"la sección está también en {other}"
                errors.append(DesignError(place.file, place.line, section, problem, "cada sección en un solo archivo"))
                continue
            document[section] = value
        marks.merge(own)
    return document, errors


def _build(raw: dict[str, Json], errors: list[DesignError], marks: Marks, *, variants: bool = True) -> Design:
    unread = bool(errors)
    values: dict[str, Any] = {}
    declared: set[str] = set()
    original: dict[Steps, Steps] = {}
    for name in sorted(set(raw) - set(SECTIONS) - {"design"}):
        place = marks.find((name,))
        expected = "una de: design, " + ", ".join(SECTIONS)
        errors.append(DesignError(place.file, place.line, name, "no se conoce esta sección", expected))
    header = _header(raw, errors, marks, unread)
    for section, item_type in SECTIONS.items():
        items: list[Item] = []
        for position, item in _items(raw.get(section, []), section, item_type, errors, declared, marks):
            original[section, len(items)] = (section, position)
            items.append(item)
        values[section] = tuple(items)
    partial = Design.model_construct(design=header or _NO_HEADER, **values)
    draft = Draft(partial, frozenset(declared), marks, not errors, header.source.lines if header else None, original)
    errors = errors + integrity_errors(draft)
    if not errors and variants:
        errors = _variant_errors(draft)
    if errors:
        raise DesignErrors(tuple(errors))
    return partial


def _variant_errors(draft: Draft) -> list[DesignError]:
    """A variant must lead to a design that could be put in force."""
    document = draft.design.document()
    errors = []
    for entry in draft.entries:
        if not isinstance(entry.item, Variant):
            continue
        changes = [Change(change.path, "", None, change.value) for change in entry.item.changes]
        try:
            _changed(document, changes)
        except PathError as error:
            errors.append(draft.error(entry, ("changes",), str(error), "una ruta del diseño, como age_bands/P1/max"))
        except DesignErrors as error:
            errors.append(draft.error(entry, ("changes",), str(error.errors[0]), "cambios que dejen un diseño válido"))
    return errors


# Stands for a header that could not be read, so that the rest can still be checked.
_NO_HEADER = Header.model_construct(code="?", title="?", valid_to=None)


def _header(raw: dict[str, Json], errors: list[DesignError], marks: Marks, unread: bool) -> Header | None:
    if "design" not in raw:
        if not unread:
            place = marks.find(())
            problem = "falta la sección «design»"
            errors.append(DesignError(place.file, place.line, "design", problem, "la ficha de la versión del diseño"))
        return None
    header = _item(raw["design"], ("design",), Header, errors, marks)
    return header if isinstance(header, Header) else None


def _items(
    raw: Json, section: str, item_type: type[Item], errors: list[DesignError], declared: set[str], marks: Marks
) -> list[tuple[int, Item]]:
    """The readable items of a section with their place in it; the others leave their errors and their references."""
    if not isinstance(raw, list):
        place = marks.find((section,))
        errors.append(DesignError(place.file, place.line, section, "la sección no es una lista", "una lista"))
        return []
    read: list[tuple[int, Item]] = []
    for position, value in enumerate(raw):
        item = _item(value, (section, position), item_type, errors, marks)
        if item is not None:
            read.append((position, item))
        else:
            declared |= _declared(value, item_type.kind)
    return read


def _declared(value: Json, kind: str, prefix: str = "") -> set[str]:
    """References that an unreadable item would have had, so that its neighbours are not blamed for its error."""
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        return set()
    code = f"{prefix}{value['code']}"
    found = {f"{kind}:{code}"}
    parts = {"mentions": "mention", "fields": kind, "deliverables": "deliverable", "levels": "model_level",
             "stages": "stage", "options": "option", "sites": "site"}  # fmt: skip
    for field, part in parts.items():
        inner = value.get(field)
        for child in inner if isinstance(inner, list) else []:
            found |= _declared(child, part, f"{code}.")
    return found


def _item(value: Json, steps: Steps, item_type: type[Item], errors: list[DesignError], marks: Marks) -> Item | None:
    try:
        return item_type.model_validate_json(json.dumps(value))
    except ValidationError as error:
        code = value.get("code") if isinstance(value, dict) else None
        for problem in error.errors():
            errors.append(_schema_error(problem, steps, str(code or ""), value, marks))
        return None


def _schema_error(error: Any, steps: Steps, code: str, value: Json, marks: Marks) -> DesignError:
    """A pydantic error in Spanish, with the place of the field or of the nearest thing that was written."""
    location = tuple(step for step in error["loc"] if isinstance(step, int | str))
    place = marks.find((*steps, *location))
    named = [str(steps[0]), code or str(steps[-1]), *_named(value, location)]
    problem, expected = _words(error)
    return DesignError(place.file, place.line, "/".join(named), problem, expected)


def _named(value: Json, location: Steps) -> list[str]:
    """The steps to a field with the code of each item instead of its place in a list."""
    names: list[str] = []
    here: Json = value
    for step in location:
        if isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
            names.append(str(here["code"]) if isinstance(here, dict) and "code" in here else str(step))
        else:
            here = here.get(str(step)) if isinstance(here, dict) else None
            names.append(str(step))
    return names


def _words(error: Any) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    last = error["loc"][-1] if error["loc"] else ""
    shown = str(error.get("input"))
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    if kind == "missing":
        return f"falta el campo «{last}»", f"el campo «{last}»"
    if kind == "extra_forbidden":
        return f"no se conoce el campo «{last}»", "solo los campos del esquema"
    if kind in ("literal_error", "enum"):
        return f"«{shown}» no es un valor permitido", f"uno de: {context['expected'].replace(' or ', ', ')}"
    if kind == "value_error":
        return str(context["error"]), "el formato que describe el esquema"
    if kind == "string_pattern_mismatch":
        return f"«{shown}» no tiene la forma debida", f"un texto con la forma {context['pattern']}"
    limits = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in limits:
        words = {"gt": "mayor que", "ge": "mayor o igual que", "lt": "menor que", "le": "menor o igual que"}
        return f"«{shown}» está fuera de rango", f"un número {words[limits[kind]]} {context[limits[kind]]}"
    if kind == "string_too_long":
        return "el texto es demasiado largo", f"a lo sumo {context['max_length']} caracteres"
    return f"«{shown}» no es del tipo debido", _TYPES.get(kind, f"un valor válido ({kind})")
