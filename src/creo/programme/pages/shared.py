"""What the pages of the programme share: the version looked at, where each item lives, the words for states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.kernel.citations import join_numbers
from creo.programme import queries
from creo.programme.queries import ContradictionRow, ItemRow, VersionRow
from creo.support import clock
from creo.support.pages import positive_int
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Comparison


@dataclass(frozen=True)
class View:
    """The version a page shows; `chosen` when the address names one instead of the design of today."""

    version: VersionRow
    chosen: bool

    def address(self, name: str, *args: object, **query: object) -> str:
        """The address of a page of the programme that keeps the version looked at."""
        asked = {key: value for key, value in query.items() if value not in ("", None)}
        if self.chosen:
            asked["version"] = self.version.number
        return reverse(f"programme:{name}", args=args, query=asked or None)

    @property
    def chain_url(self) -> str:
        """Where its chain is drawn."""
        return self.address("chain")

    @property
    def population_url(self) -> str:
        """Where its criteria are told."""
        return self.address("population")

    @property
    def indicators_url(self) -> str:
        """Where its indicators are told."""
        return self.address("indicators")

    @property
    def articulation_url(self) -> str:
        """Where its articulation is told."""
        return self.address("articulation")

    @property
    def current_url(self) -> str:
        """The chain of the design of today."""
        return reverse("programme:chain")

    @property
    def notice(self) -> str:
        """What to know when the version was chosen by its number."""
        words = {"number": self.version.number, "state": status_word(self.version.status).lower()}
        return _("Versión %(number)s, %(state)s. Los enlaces de estas páginas siguen en ella.") % words


def status_word(status: str) -> str:
    """A state of a version in words. KeyError for a state nobody knows."""
    return {
        "draft": _("Borrador"),
        "in_force": _("En vigencia"),
        "retired": _("Retirada"),
        "discarded": _("Descartada"),
    }[status]


def view(request: HttpRequest) -> View | None:
    """The version asked for by `?version=`, else the design of today; None while nothing rules."""
    number = positive_int(request.GET.get("version"), "version")
    if number is not None:
        return View(queries.version(request.reader, number), chosen=True)
    today = queries.in_force(request.reader, clock.today())
    return View(today, chosen=False) if today else None


def required_view(request: HttpRequest) -> View:
    """As `view`, NotFound while nothing rules: for the pages of one item."""
    found = view(request)
    if found is None:
        raise NotFound
    return found


def context(found: View | None, **more: Any) -> dict[str, Any]:
    """What every page of the programme gives its template."""
    return {"view": found, "version": found.version if found else None, "version_line": version_line(found), **more}


def version_line(found: View | None) -> str:
    """The version in one line under the title."""
    if found is None:
        return ""
    row = found.version
    words = [_("Diseño v%(number)s «%(title)s»") % {"number": row.number, "title": row.title}]
    if row.valid_from and row.valid_to:
        words.append(
            _("vigente del %(a)s al %(b)s") % {"a": formats.day(row.valid_from), "b": formats.day(row.valid_to)}
        )
    elif row.valid_from:
        words.append(_("vigente desde %(day)s") % {"day": formats.day(row.valid_from)})
    return " · ".join(words)


# Kinds that live in a page of their own, and the page where the others are shown with their place in it.
_PLACES = {
    "indicator": "indicators",
    "slot": "indicators",
    "target": "targets",
    "site": "targets",
    "contradiction": "contradictions",
    "fact": "source",
    "conclusion": "source",
    "figure": "source",
    "catalogue": "models",
    "option": "models",
    "level": "articulation",
    "count": "articulation",
    "population": "population",
    "criterion": "population",
    "exclusion": "population",
    "family": "population",
    "band": "population",
    "term": "population",
    "range": "population",
}


def address_of(found: View, ref: str) -> str:
    """Where the item of a reference is shown."""
    kind, _colon, code = ref.partition(":")
    whole = code.partition(".")[0]
    if kind == "product" or (kind in ("mention", "sheet", "deliverable", "responsible") and is_product(whole)):
        return found.address("product", whole)
    if kind in ("activity", "articulation"):
        return found.address("activity", code)
    if kind == "responsible":
        return found.address("activity", code)
    if kind in ("model", "model_level", "stage"):
        return f"{found.address('models')}#model-{whole}"
    if kind == "table":
        return found.address("table", code)
    if kind in ("outcome", "mention", "problem"):
        return found.address("chain", ver=f"{'outcome' if kind == 'mention' else kind}:{whole}")
    if kind in _PLACES:
        anchor = {"site": "target", "option": "catalogue"}.get(kind, kind)
        code = whole if kind in ("site", "option") else code
        return f"{found.address(_PLACES[kind])}#{anchor}-{code}"
    return found.address("table", "cover")


def is_product(code: str) -> bool:
    """True for codes that look like a product's: a letter and digits."""
    return "." not in code and code[:1].isalpha() and code[1:].isdigit()


def lines_label(lines: Sequence[int]) -> str:
    """Lines for people: "línea 30", "líneas 30 y 270"; nothing when there is none."""
    if not lines:
        return ""
    word = _("línea") if len(set(lines)) == 1 else _("líneas")
    return f"{word} {join_numbers(lines)}"


def origin_badge(item: ItemRow) -> dict[str, str] | None:
    """Who says it, when it is not the source."""
    words = {
        "proposal": ("info", _("Propuesta, no oficial")),
        "inherited": ("neutral", _("Heredado")),
        "law": ("info", _("De la ley")),
        "treated": ("neutral", _("Lectura nuestra")),
    }
    if item.origin not in words:
        return None
    state, word = words[item.origin]
    return {"state": state, "word": word}


def comparison(item: ItemRow, label: str = "") -> Comparison:
    """An item as printed and as treated, with its source."""
    codes = ", ".join(item.contradictions)
    return Comparison(
        label=label or item.title or item.label or item.last,
        left=item.printed or _("No figura en la fuente"),
        right=item.text,
        differs=item.differs,
        note=f"{codes}." if codes else "",
        citation=item.citations,
    )


def unit_note(unit: Mapping[str, Any]) -> str:
    """What to know about the unit of an activity: the source prints none."""
    return _("Propuesta: la fuente no trae unidad de la actividad.") if unit.get("origin") == "proposal" else ""


def severity_badge(severity: str) -> dict[str, str]:
    """How much a contradiction matters, as a state and a word. KeyError for a severity nobody knows."""
    return {
        "H": {"state": "unknown", "word": _("Gravedad alta")},
        "M": {"state": "info", "word": _("Gravedad media")},
        "L": {"state": "neutral", "word": _("De redacción")},
    }[severity]


@dataclass(frozen=True)
class ShownContradiction:
    """A contradiction ready to print, with links to what it touches."""

    row: ContradictionRow
    badge: dict[str, str]
    lines: str
    links: tuple[tuple[str, str], ...]
    url: str


def shown_contradictions(
    found: View, rows: Iterable[ContradictionRow], names: Mapping[str, str]
) -> list[ShownContradiction]:
    """Contradictions ready to print; `names` are those of the items they touch."""
    return [
        ShownContradiction(
            row=row,
            badge=severity_badge(row.severity),
            lines=lines_label(row.lines),
            links=tuple((label_of(ref, names), address_of(found, ref)) for ref in row.applies_to),
            url=f"{found.address('contradictions')}#contradiction-{row.code}",
        )
        for row in rows
    ]


def contradictions_of(request: HttpRequest, found: View, items: Iterable[ItemRow | None]) -> list[ShownContradiction]:
    """The contradictions that some items touch, each once, ready to print. Two queries, none when there are none."""
    codes = {code for item in items if item for code in item.contradictions}
    if not codes:
        return []
    rows = queries.contradictions(request.reader, found.version, codes=codes)
    return shown_contradictions(found, rows, queries.names(request.reader, found.version))


def label_of(ref: str, names: Mapping[str, str]) -> str:
    """A reference as people read it: "Producto P1", "Ficha P1 · Lugar de entrega", "Criterio: Primer ingreso"."""
    kind, _colon, code = ref.partition(":")
    word = _kind_words()[kind]
    name = formats_short(names.get(ref, ""))
    if kind in _BY_CODE:
        return f"{word} {code}"
    if kind in _WITH_PARTS:
        whole, _dot, part = code.partition(".")
        head = word if kind == "option" or not is_product(whole) else f"{word} {whole}"
        return f"{head} · {name}" if part and name else head
    return f"{word}: {name}" if name else word


def formats_short(text: str, most: int = 60) -> str:
    """A text cut at a word when it is long."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"


_BY_CODE = frozenset(
    {"product", "activity", "responsible", "articulation", "indicator", "target", "contradiction", "fact", "level"}
)
_WITH_PARTS = frozenset({"mention", "sheet", "deliverable", "model", "model_level", "stage", "option", "site"})


def _kind_words() -> dict[str, str]:
    return {
        "design": _("Diseño"),
        "identity": _("Carátula"),
        "organisation": _("Institución"),
        "problem": _("Problema"),
        "population": _("Población"),
        "outcome": _("Resultado"),
        "product": _("Producto"),
        "mention": _("Otra mención"),
        "activity": _("Actividad"),
        "responsible": _("Responsable"),
        "sheet": _("Ficha"),
        "deliverable": _("Entrega"),
        "model": _("Modelo operativo"),
        "model_level": _("Nivel del modelo"),
        "stage": _("Etapa"),
        "catalogue": _("Lista"),
        "option": _("Opción"),
        "articulation": _("Articulación"),
        "level": _("Nivel"),
        "count": _("Conteo"),
        "indicator": _("Indicador"),
        "slot": _("Lugar de indicador"),
        "target": _("Meta"),
        "site": _("Sede"),
        "conclusion": _("Conclusión"),
        "figure": _("Cifra citada"),
        "range": _("Rango impreso"),
        "band": _("Rango de edad"),
        "family": _("Familia de delito"),
        "criterion": _("Criterio"),
        "exclusion": _("Exclusión"),
        "term": _("Palabra"),
        "contradiction": _("Contradicción"),
        "fact": _("Hecho"),
        "table": _("Tabla"),
        "variant": _("Lectura alternativa"),
    }
