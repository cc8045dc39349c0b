"""Reads that join chapters: what is due, the nation at a glance, what a search finds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.programme import queries as programme
from creo.register import queries as register
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import queries as announcements
from creo.support.imports import queries as imports
from creo.support.ui import formats
from creo.targeting import queries as targeting
from creo.territory import queries as territory

FRESH = timedelta(days=7)
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: what, how many, and the page (view name, arguments, parameters) one click away."""

    text: str
    view: str
    state: str = "info"
    args: tuple[object, ...] = ()
    parameters: str = ""
    note: str = ""


def due(reader: Reader, as_of: date) -> list[Due]:
    """What waits for the reader, most pressing first; only what they may do, and only where they may see."""
    return [*_inbox_due(reader), *_imports_due(reader), *_designs_due(reader), *_targeting_due(reader, as_of)]


def _inbox_due(reader: Reader) -> list[Due]:
    """What changed by itself and needs somebody's decision; announcements that could not be delivered are among it."""
    count = announcements.inbox_count(reader)
    if not count:
        return []
    text = ngettext("Decidir %(count)s asunto de su bandeja", "Decidir %(count)s asuntos de su bandeja", count)
    return [
        Due(
            text % {"count": formats.number(count)},
            "announcements:inbox",
            state="unknown",
            note=_("lo que cambió en el registro y espera a una persona"),
        )
    ]


def _imports_due(reader: Reader) -> list[Due]:
    """Files checked and not applied yet."""
    if not reader.can(Permission.IMPORT_REGISTER):
        return []
    waiting = [batch for batch in imports.batches(reader).rows if batch.state == "checked"]
    return [
        Due(
            text=_("Decidir la importación «%(file)s»") % {"file": batch.filename},
            view="imports:detail",
            args=(batch.pk,),
            state="unknown" if batch.errors_total else "info",
            note=ngettext("%(count)d error por corregir", "%(count)d errores por corregir", batch.errors_total)
            % {"count": batch.errors_total}
            if batch.errors_total
            else _("sin errores: puede aplicarse"),
        )
        for batch in waiting[:SHOWN]
    ]


def _designs_due(reader: Reader) -> list[Due]:
    """Drafts that wait for a second person, and one's own drafts."""
    if not reader.can(Permission.VIEW_PROGRAMME):
        return []
    found: list[Due] = []
    for draft in (row for row in programme.versions(reader) if row.is_draft):
        mine = draft.author_id == reader.user_id
        if reader.can(Permission.APPROVE_DESIGN) and not mine:
            text = _("Revisar el borrador «%(title)s» de %(author)s")
        elif reader.can(Permission.EDIT_DESIGN) and mine:
            text = _("Continuar su borrador «%(title)s»")
        else:
            continue
        found.append(
            Due(
                text=text % {"title": draft.title, "author": draft.author_name},
                view="programme:version",
                args=(draft.number,),
                note=_("ningún cambio se aplica hasta que otra persona lo apruebe"),
            )
        )
    return found


def _targeting_due(reader: Reader, as_of: date) -> list[Due]:
    """A run that is missing or old, and what the last one left undecided or waiting for enrolment."""
    if not reader.can(Permission.VIEW_TARGETING):
        return []
    run = targeting.latest(reader, targeting.held_places(reader))
    if run is None:
        first = _("Hacer la primera corrida de focalización")
        return [Due(first, "targeting:new_run")] if reader.can(Permission.RUN_TARGETING) else []
    found: list[Due] = []
    if reader.can(Permission.RUN_TARGETING) and as_of - run.row.as_of > FRESH:
        note = _("la última tiene más de siete días")
        found.append(Due(_("Repetir la corrida de focalización"), "targeting:new_run", note=note))
    eligible = run.totals.outcomes()["eligible"]
    if reader.can(Permission.ENROL) and eligible:
        found.append(_eligible_due(run, eligible))
    return found + _gaps_due(run)


def _eligible_due(run: targeting.Run, count: int) -> Due:
    """People who may be enrolled: a board or an officer decides, one by one."""
    text = ngettext("Ver %(count)s persona elegible", "Ver %(count)s personas elegibles", count)
    return Due(
        text % {"count": formats.number(count)},
        "targeting:results",
        state="yes",
        args=(run.row.number,),
        parameters="?outcome=eligible",
        note=_("para decidir su inscripción"),
    )


def _gaps_due(run: targeting.Run) -> list[Due]:
    """What is missing to decide, by fact: the page says who and where."""
    labels, owners = targeting.fact_labels(), targeting.fact_responsibles()
    found = []
    for _criterion, fact, count, _alone in run.totals.gaps()[:SHOWN]:
        text = ngettext(
            "Completar «%(fact)s» de %(count)s persona por decidir",
            "Completar «%(fact)s» de %(count)s personas por decidir",
            count,
        )
        found.append(
            Due(
                text % {"fact": labels.get(fact, fact), "count": formats.number(count)},
                "targeting:missing",
                state="unknown",
                args=(run.row.number,),
                note=_("responsable: %(owner)s") % {"owner": owners.get(fact, "")},
            )
        )
    return found


# Items of the programme with a page of their own, and its view.
ITEM_VIEWS = {"product": "programme:product", "activity": "programme:activity"}


@dataclass(frozen=True, slots=True)
class FoundItem:
    """A product or an activity whose words a search matched."""

    code: str
    title: str
    view: str


@dataclass(frozen=True)
class SearchFound:
    """What a search found in each chapter the reader may see."""

    people: Sequence[register.PersonRow]
    more_people: bool
    alike: bool  # Nobody has these very words: the people found have names like them.
    facilities: Sequence[territory.FacilityRow]
    items: Sequence[FoundItem]

    @property
    def empty(self) -> bool:
        """True when nothing was found anywhere."""
        return not (self.people or self.facilities or self.items)


def search(reader: Reader, text: str, as_of: date) -> SearchFound:
    """People, prisons and items of the programme for a text; each chapter only with its permission."""
    people: Sequence[register.PersonRow] = ()
    more = alike = False
    if reader.can(Permission.VIEW_PEOPLE):
        filters = register.PeopleFilters(
            search=text, situation=register.EVERYBODY if reader.national else register.HELD
        )
        page = register.people_page(reader, filters, size=SHOWN)
        people, more = page.rows, page.next_cursor is not None
        alike = page.level in (register.SOUND, register.SLIP)
    facilities: Sequence[territory.FacilityRow] = ()
    if reader.can(Permission.VIEW_TERRITORY):
        facilities = territory.facilities(reader, as_of, territory.FacilityFilter(text=text))[:SHOWN]
    items: Sequence[FoundItem] = ()
    if reader.can(Permission.VIEW_PROGRAMME):
        items = _programme_items(reader, text, as_of)[:SHOWN]
    return SearchFound(people, more, alike, facilities, items)


def _programme_items(reader: Reader, text: str, as_of: date) -> list[FoundItem]:
    """Products and activities of the design in force that hold every word, accents forgiven."""
    version = programme.in_force(reader, as_of)
    if version is None:
        return []
    words = folded(text).split()
    rows = programme.items(reader, version, ITEM_VIEWS).rows
    return [
        FoundItem(row.code, row.name, ITEM_VIEWS[row.kind])
        for row in rows
        if all(word in folded(f"{row.code} {row.name} {row.printed}") for word in words)
    ]


def folded(text: str) -> str:
    """Text in lower case without accents, so that searches forgive both."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A prison in the national board. People and answers are None before the first run."""

    facility: territory.FacilityRow
    people: int | None
    eligible: int | None
    undecided: int | None
    enrolled: int


@dataclass(frozen=True)
class Board:
    """The places a reader sees with their last run."""

    rows: Sequence[PlaceRow]
    run: targeting.Run | None

    def total(self, name: str) -> int:
        """The sum of a column over the known ones."""
        return sum(getattr(row, name) or 0 for row in self.rows)

    def by_department(self, name: str) -> dict[str, int | None]:
        """Sums by INEI department code; None where no prison of the department has the figure."""
        found: dict[str, int | None] = {}
        for row in self.rows:
            value = getattr(row, name)
            if value is not None:
                found[row.facility.department] = (found.get(row.facility.department) or 0) + value
        return found


def board(reader: Reader, as_of: date) -> Board:
    """Every prison in the reader's scope with who is there and what the last run says."""
    facilities = territory.facilities(reader, as_of)
    run = None
    if reader.can(Permission.VIEW_TARGETING):
        run = targeting.latest(reader, targeting.held_places(reader))
    answers = run.totals.by_facility() if run else {}
    enrolled = targeting.enrolled_by_facility(reader, as_of) if run else {}
    rows = []
    for facility in facilities:
        counts = answers.get(facility.id)
        rows.append(
            PlaceRow(
                facility=facility,
                people=sum(counts) if counts else (0 if run else None),
                eligible=counts[2] if counts else (0 if run else None),
                undecided=counts[1] if counts else (0 if run else None),
                enrolled=enrolled.get(facility.id, 0),
            )
        )
    return Board(rows, run)


def person_heading(reader: Reader, code: str) -> register.PersonHeading:
    """Who a page of acts is about. NotFound outside the scope; a merged code gives the record that goes on."""
    return register.person_heading(reader, code)
