"""The rules there are: the design that governs a day, its other readings (C-01), and drafts. Data of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from creo.programme import queries as programme
from creo.programme import rules as programme_rules
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound, Refused
from creo.targeting import rules
from creo.targeting.queries.inputs import shapes


@dataclass(frozen=True, slots=True)
class Reading:
    """One rule to compare with: the one in force, a variant of it, or a draft; `key` names it in addresses."""

    key: str
    kind: str
    title: str
    note: str
    rule: rules.Ruleset


IN_FORCE, VARIANT, DRAFT = "in_force", "variant", "draft"


def ruleset(
    reader: Reader, as_of: date, *, variant: str = "", version: int | None = None, code: str = ""
) -> rules.Ruleset:
    """The rule of a programme on a day: its version in force, another version by number, or a variant of either.

    Refused when no version rules that day or its criteria ask for what the register does not publish; NotFound for a
    version or a variant that does not exist.
    """
    row = programme.in_force(reader, as_of, code) if version is None else programme.version(reader, version, code)
    if row is None:
        raise Refused(_("Ningún diseño está vigente el %(day)s. Elija otra fecha.") % {"day": f"{as_of:%d/%m/%Y}"})
    design = programme.design(reader, row)
    if variant:
        design = _variant(_Keyed(design, row.digest), variant)
    return _ruleset(design, row, as_of, variant)


def readings(reader: Reader, as_of: date, code: str = "") -> list[Reading]:
    """The rule in force, its variants in the order of the design, and the drafts, newest first."""
    row = programme.in_force(reader, as_of, code)
    if row is None:
        raise Refused(_("Ningún diseño está vigente el %(day)s. Elija otra fecha.") % {"day": f"{as_of:%d/%m/%Y}"})
    design = programme.design(reader, row)
    found = [Reading(IN_FORCE, IN_FORCE, _("Vigente"), "", _ruleset(design, row, as_of, ""))]
    for item in design.variants:
        changed = _variant(_Keyed(design, row.digest), item.code)
        found.append(Reading(item.code, VARIANT, item.title, item.note, _ruleset(changed, row, as_of, item.code)))
    for draft in programme.versions(reader, row.programme):
        if draft.is_draft:
            rule = _ruleset(programme.design(reader, draft), draft, as_of, "")
            found.append(Reading(f"v{draft.number}", DRAFT, draft.title, _("Borrador"), rule))
    return found


def variants(reader: Reader, as_of: date, code: str = "") -> list[tuple[str, str]]:
    """Codes and titles of the other readings of the version in force; none when nothing rules that day."""
    row = programme.in_force(reader, as_of, code)
    return [] if row is None else [(item.code, item.title) for item in programme.design(reader, row).variants]


class _Keyed:
    """A design told apart by its digest alone, so that what is computed from it can be kept."""

    def __init__(self, design: programme_rules.Design, digest: str) -> None:
        self.design = design
        self.digest = digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.digest == self.digest


@lru_cache(maxsize=32)
def _variant(keyed: _Keyed, code: str) -> programme_rules.Design:
    """The design under another reading; building one takes a while and never changes."""
    item = next((item for item in keyed.design.variants if item.code == code), None)
    if item is None:
        raise NotFound
    changes = [programme_rules.Change(change.path, "", None, change.value) for change in item.changes]
    return programme_rules.apply_changes(keyed.design, changes)


def _ruleset(design: programme_rules.Design, row: programme.VersionRow, as_of: date, variant: str) -> rules.Ruleset:
    title = next((item.title for item in design.variants if item.code == variant), row.title)
    rule = rules.Ruleset(
        programme=row.programme,
        version=row.number,
        digest=row.digest,
        title=title,
        items=tuple(design.criteria_items(as_of)),
        families=tuple(
            rules.Family(family.code, family.title, tuple(family.articles)) for family in design.offence_families
        ),
        variant=variant,
    )
    try:
        rules.compile_criteria(rule.items, shapes())
    except ValueError as error:
        raise Refused(
            _("El diseño v%(number)s no se puede aplicar. %(error)s") % {"number": row.number, "error": error}
        ) from error
    return rule
