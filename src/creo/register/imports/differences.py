"""A list beside the register: of people and episodes already there, what it says otherwise, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.commands.snapshots import IDENTITY, LEGAL_STATUS, OFFENCE, RELEASE, TRANSFER
from creo.support.accounts.readers import Reader
from creo.support.imports.kinds import Difference, Outcome
from creo.support.imports.reading import ROW
from creo.support.jobs.progress import Report
from creo.support.ui import formats

MISSING = "missing"
NAMES = ("given_names", "first_surname", "second_surname")
SHOWN = (*NAMES, "birth_date", "sex", "nationality")
ROWS = (
    ROW, "person_id", *SHOWN, "document_kind", "document_number", "admitted_on", "released_on", "release_kind",
    "facility_code", "legal_status", "legal_status_on", "next_hearing_on", "offence_code", "attempt",
)  # fmt: skip

Found = list[tuple[Difference, commands.Change | None]]


class Comparison:
    """The known rows of a list beside what the register says of the same people and episodes."""

    def __init__(self, reader: Reader, frame: Any, seen_on: dt.date, as_of: dt.date, progress: Report) -> None:
        import polars as pl

        self.reader, self.seen_on, self.as_of, self.progress = reader, seen_on, as_of, progress
        known = frame.select(*ROWS, "is_known").filter(pl.col("is_known"))
        self.rows: list[dict[str, Any]] = list(known.iter_rows(named=True))
        ids = {row["person_id"] for row in self.rows}
        self.people = queries.present_identities(reader, ids)
        self.episodes = queries.present_episodes(reader, ids)

    def result(self) -> tuple[list[Difference], list[commands.Change]]:
        """Every difference in the order of the list, and the changes that can be made of them."""
        found: Found = []
        compared: set[int] = set()
        for row in self.rows:
            person = row["person_id"]
            if person not in compared and person in self.people:
                compared.add(person)
                found += self._identity(row, self.people[person])
            episode = self.episodes.get((person, row["admitted_on"]))
            if episode is not None:
                found += self._episode(row, episode)
        return self._rehearsed(found)

    def missing(self, frame: Any) -> Iterator[Difference]:
        """Who the register holds in the prisons of the list and the list does not name: for a person to look into."""
        places = frame["facility_code"].drop_nulls().unique().to_list()
        listed = set(frame["person_id"].drop_nulls().to_list())
        for person, name, place in queries.held_at(self.reader, places):
            if person not in listed:
                words = _("En custodia en el registro, no está en la lista")
                yield Difference(
                    None, rules.person_code(person), MISSING, words, f"{name} · {place}", "", Outcome.CHOICE
                )

    def _rehearsed(self, found: Found) -> tuple[list[Difference], list[commands.Change]]:
        changes = list({(each.row, each.act): each for _difference, each in found if each is not None}.values())
        refused = commands.rehearse_changes(self.reader, changes, today=self.as_of, progress=self.progress)
        differences = []
        for difference, change in found:
            why = refused.get((change.row, change.act), "") if change is not None else ""
            differences.append(difference.left_to_a_person(why) if why else difference)
        return differences, [each for each in changes if (each.row, each.act) not in refused]

    def _identity(self, row: Mapping[str, Any], present: queries.PresentIdentity) -> Found:
        """What completes or corrects a provisional identity; a confirmed one is only touched by a person."""
        told: dict[str, Any] = {
            name: row[name] for name in SHOWN if row[name] and _told(row[name]) != _told(getattr(present, name))
        }
        if row["document_number"] and row["document_number"] != present.document_number:
            told |= {"document_kind": row["document_kind"], "document_number": row["document_number"]}
        elif row["document_kind"] == rules.DocumentKind.NONE and present.document_kind == rules.DocumentKind.UNKNOWN:
            told["document_kind"] = row["document_kind"]
        if not told:
            return []
        confirmed = present.status == rules.IdentityStatus.CONFIRMED
        code = rules.person_code(row["person_id"])
        change = None if confirmed else commands.Change(row[ROW], code, IDENTITY, told)
        why = _("La identidad está confirmada: decida una persona.") if confirmed else ""
        return [
            (self._difference(row, IDENTITY, _field(name), getattr(present, name), value, why), change)
            for name, value in told.items()
        ]

    def _episode(self, row: Mapping[str, Any], present: queries.PresentEpisode) -> Found:
        if present.released_on is not None:
            return self._ended(row, present)
        # In this order they are done: a transfer and a release come after what is said of the episode.
        return [
            *self._offence(row, present),
            *self._legal_status(row, present),
            *self._transfer(row, present),
            *self._release(row),
        ]

    def _ended(self, row: Mapping[str, Any], present: queries.PresentEpisode) -> Found:
        same = (row["released_on"], row["release_kind"] or present.release_kind) == (
            present.released_on,
            present.release_kind,
        )
        if same:
            return []
        why = _("El registro ya tiene el egreso de ese episodio: decida una persona.")
        before = _exit(present.released_on, present.release_kind)
        after = _exit(row["released_on"], row["release_kind"])
        return [(self._difference(row, RELEASE, _("Egreso"), before, after, why), None)]

    def _offence(self, row: Mapping[str, Any], present: queries.PresentEpisode) -> Found:
        code = row["offence_code"]
        if not code:
            return []
        attempt = present.attempt if row["attempt"] is None and code == present.offence else row["attempt"]
        if (code, attempt) == (present.offence, present.attempt):
            return []
        values = {"offence_code": code, "attempt": attempt}
        change = commands.Change(row[ROW], rules.person_code(row["person_id"]), OFFENCE, values)
        before, after = _offence(present.offence, present.attempt), _offence(code, attempt)
        return [(self._difference(row, OFFENCE, _("Delito principal"), before, after), change)]

    def _legal_status(self, row: Mapping[str, Any], present: queries.PresentEpisode) -> Found:
        status, on = row["legal_status"], row["legal_status_on"]
        same = status == present.legal_status and (on is None or on == present.legal_status_on)
        if not status or same:
            return []
        before, after = _status(present.legal_status, present.legal_status_on), _status(status, on)
        if on is None:
            why = _("La lista no dice desde cuándo: decida una persona.")
            return [(self._difference(row, LEGAL_STATUS, _("Situación jurídica"), before, after, why), None)]
        hearing = row["next_hearing_on"] or present.next_hearing_on
        hearing = hearing if hearing is None or hearing >= on else None
        values = {"status": status, "on": on, "next_hearing_on": hearing}
        change = commands.Change(row[ROW], rules.person_code(row["person_id"]), LEGAL_STATUS, values)
        return [(self._difference(row, LEGAL_STATUS, _("Situación jurídica"), before, after), change)]

    def _transfer(self, row: Mapping[str, Any], present: queries.PresentEpisode) -> Found:
        place = row["facility_code"]
        if not place or place == present.facility or row["released_on"] is not None:
            return []
        values = {"from_facility": present.facility, "to_facility": place, "on": self.seen_on}
        change = commands.Change(row[ROW], rules.person_code(row["person_id"]), TRANSFER, values)
        after = _("%(place)s, el %(day)s") % {"place": place, "day": formats.day(self.seen_on)}
        return [(self._difference(row, TRANSFER, _("Establecimiento"), present.facility, after), change)]

    def _release(self, row: Mapping[str, Any]) -> Found:
        if row["released_on"] is None:
            return []
        after = _exit(row["released_on"], row["release_kind"])
        if not row["release_kind"]:
            why = _("La lista no dice el tipo de egreso: decida una persona.")
            return [(self._difference(row, RELEASE, _("Egreso"), "", after, why), None)]
        values = {"on": row["released_on"], "kind": row["release_kind"]}
        change = commands.Change(row[ROW], rules.person_code(row["person_id"]), RELEASE, values)
        return [(self._difference(row, RELEASE, _("Egreso"), "", after), change)]

    def _difference(
        self, row: Mapping[str, Any], kind: str, field: str, before: Any, after: Any, why: str = ""
    ) -> Difference:
        found = Difference(row[ROW], rules.person_code(row["person_id"]), kind, field, _shown(before), _shown(after))
        return found.left_to_a_person(why) if why else found


def difference_words() -> dict[str, str]:
    """The kinds of difference in words."""
    return {
        IDENTITY: _("Identidad"),
        OFFENCE: _("Delito"),
        LEGAL_STATUS: _("Situación jurídica"),
        TRANSFER: _("Traslado"),
        RELEASE: _("Egreso"),
        MISSING: _("No está en la lista"),
    }


def summary(differences: Sequence[Difference]) -> list[str]:
    """How many differences there are, for people."""
    applied = sum(each.outcome == Outcome.APPLIES and each.kind != MISSING for each in differences)
    missing = sum(each.kind == MISSING for each in differences)
    left = len(differences) - applied - missing
    words = [
        (applied, _("%(n)s diferencias con el registro: se registran al aplicar")),
        (left, _("%(n)s diferencias necesitan que alguien decida: no se aplican")),
        (missing, _("%(n)s personas en custodia no están en la lista: no se les da egreso")),
    ]
    return [text % {"n": formats.number(count)} for count, text in words if count]


def _told(value: Any) -> Any:
    """A value as compared: names without accents nor case."""
    return rules.search_key(value) if isinstance(value, str) else value


def _field(name: str) -> str:
    return {
        "given_names": _("Nombres"),
        "first_surname": _("Primer apellido"),
        "second_surname": _("Segundo apellido"),
        "birth_date": _("Fecha de nacimiento"),
        "sex": _("Sexo"),
        "nationality": _("Nacionalidad"),
        "document_kind": _("Tipo de documento"),
        "document_number": _("Número de documento"),
    }[name]


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return formats.day(value)
    if value and value in rules.SEX_WORDS:
        return _(rules.SEX_WORDS[value])
    return _(rules.DOCUMENT_WORDS[value]) if value in rules.DOCUMENT_WORDS else str(value or "")


def _status(status: str, on: dt.date | None) -> str:
    words = _(rules.LEGAL_STATUS_WORDS[status]) if status else ""
    return f"{words} · {formats.day(on)}" if on is not None else words


def _exit(on: dt.date | None, kind: str | None) -> str:
    if on is None:
        return _("En custodia")
    words = _(rules.RELEASE_WORDS[kind]) if kind else ""
    return " · ".join(filter(None, (formats.day(on), words)))


def _offence(code: str, attempt: bool | None) -> str:
    return _("%(code)s, tentativa") % {"code": code} if attempt else code
