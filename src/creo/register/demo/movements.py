"""Movements of the last weeks at the five sites: people taken to court or hospital and back, permits, transfers,
an escape with its recapture, one movement recorded late and one taken back. All of it through the commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.commands import Admission, Back, OffenceData
from creo.register.demo.context import DemoContext
from creo.support.refusals import Refused
from creo.territory import queries as territory

# The five sites that the programme names (line 192) as prisons (C-08).
SITES = ("EP-LURIGANCHO", "EP-PIURA", "EP-HUANCAYO", "EP-AREQUIPA", "EP-PUCALLPA")
# How many of each a site shows, and the days over which they happened.
ESCORTS, HOSPITALS, PERMITS, TRANSFERS, AWAY_NOW, WEEKS = 8, 5, 3, 4, 2, 56
SETTLED = 120  # days that somebody must have been there before moving again
EVENING, MORNING = time(16, 30), time(8, 15)


def load(context: DemoContext) -> dict[str, Any]:
    """Movements at each of the five sites that the nation has; answers how many of each kind."""
    made: Counter[str] = Counter()
    prisons = [ref.code for ref in territory.facility_refs(context.by)]
    for done, code in enumerate(SITES):
        if code in prisons:
            context.progress(done, len(SITES), _("Movimientos de los establecimientos"))
            made.update(_Site(context, code, prisons).play())
    return dict(made)


class _Site:
    """One prison and the people who can move: each of them makes one story."""

    def __init__(self, context: DemoContext, code: str, prisons: list[str]) -> None:
        self.by, self.today, self.code = context.by, context.as_of, code
        self.random = Random(f"{context.seed} movimientos {code}")
        self.others = [other for other in prisons if other not in SITES]
        self.people = self._settled()

    def _settled(self) -> Iterator[str]:
        """The codes of people held there for a while, in an order of its own."""
        since = self.today - timedelta(SETTLED)
        rows = queries.people_rows(self.by, queries.PeopleFilters(facility=self.code))
        found = [row.code for row in rows if row.admitted_on is not None and row.admitted_on < since]
        self.random.shuffle(found)
        return iter(found)

    def play(self) -> Counter[str]:
        """Every story of the site; answers how many of each were possible."""
        stories: list[tuple[str, int, Callable[[str], None]]] = [
            # What happens once comes first: a small part of the nation has few people at a site.
            ("overdue", 1, self._overdue),
            ("escape", 1, self._escape),
            ("late", 1, self._late),
            ("annulled", 1, self._annulled),
            ("away", AWAY_NOW, self._still_away),
            ("escort", ESCORTS, self._escort),
            ("hospital", HOSPITALS, self._hospital),
            ("exit_permit", PERMITS, self._permit),
            ("transfer", TRANSFERS, self._transfer),
        ]
        made: Counter[str] = Counter()
        for name, wanted, story in stories:
            while made[name] < wanted and (code := next(self.people, "")):
                try:
                    story(code)
                except Refused:
                    continue  # somebody whose record does not let them move: the next one does
                made[name] += 1
        return made

    def _day(self, least: int = 3) -> date:
        return self.today - timedelta(self.random.randint(least, WEEKS))

    def _leave(
        self, code: str, kind: str, where: str, on: date, back: Back | None = None, hours: int | None = None
    ) -> None:
        commands.record_absence(
            by=self.by,
            person_code=code,
            kind=kind,
            destination=where,
            on=on,
            at=MORNING,
            hours=hours,
            back=back,
            reason=_("Documento de la demostración"),
            today=self.today,
        )

    def _escort(self, code: str) -> None:
        on = self._day()
        self._leave(code, "escort", _("Juzgado de Investigación Preparatoria"), on, Back(on, EVENING))

    def _hospital(self, code: str) -> None:
        on = self._day(10)
        self._leave(
            code, "hospital", _("Hospital regional"), on, Back(on + timedelta(self.random.randint(1, 6)), EVENING)
        )

    def _permit(self, code: str) -> None:
        on = self._day(5)
        hours = self.random.choice((24, 48, 72))
        self._leave(
            code, "exit_permit", _("Domicilio de la familia"), on, Back(on + timedelta(hours // 24), time(8)), hours
        )

    def _still_away(self, code: str) -> None:
        kind = self.random.choice(("hospital", "escort"))
        where = _("Hospital regional") if kind == "hospital" else _("Sala Penal de Apelaciones")
        self._leave(code, kind, where, self.today - timedelta(2 if kind == "hospital" else 1))

    def _overdue(self, code: str) -> None:
        """A permit that ended two days ago: the file and the lists show it."""
        self._leave(code, "exit_permit", _("Domicilio de la familia"), self.today - timedelta(4), hours=48)

    def _transfer(self, code: str, on: date | None = None) -> None:
        commands.transfer(
            by=self.by,
            person_code=code,
            from_facility=self.code,
            to_facility=self.random.choice(self.others),
            on=on or self._day(),
            reason=_("Resolución de traslado de la demostración"),
            today=self.today,
        )

    def _escape(self, code: str) -> None:
        """An escape during an escort, and the recapture days later with what was known of the person."""
        held = queries.person(self.by, code, self.today).held
        on = self.today - timedelta(30)
        self._leave(code, "escort", _("Hospital regional"), on)
        commands.record_escape(
            by=self.by, person_code=code, on=on, at=EVENING, reason=_("Parte de la demostración"), today=self.today
        )
        assert held is not None  # the list is of people in custody
        offences = [OffenceData(row.code, row.attempt) for row in held.offences if row.code]
        commands.admit(
            by=self.by,
            person_code=code,
            admission=Admission(
                self.code,
                on + timedelta(6),
                _("Orden de recaptura de la demostración"),
                entry_kind=rules.EntryKind.RECAPTURE.value,
                legal_status=held.legal_status,
                legal_status_on=held.legal_status_on,
                organised_crime=held.organised_crime,
                offences=offences,
            ),
            today=self.today,
        )

    def _late(self, code: str) -> None:
        """A hospital stay that reached the register after a later escort."""
        self._escort_on(code, self.today - timedelta(7))
        on = self.today - timedelta(20)
        self._leave(code, "hospital", _("Hospital regional"), on, Back(on + timedelta(3), EVENING))

    def _escort_on(self, code: str, on: date) -> None:
        self._leave(code, "escort", _("Juzgado de Investigación Preparatoria"), on, Back(on, EVENING))

    def _annulled(self, code: str) -> None:
        """A transfer recorded in the wrong file, and taken back."""
        self._transfer(code, self.today - timedelta(1))
        last = queries.person(self.by, code, self.today).last_movement
        assert last is not None  # the transfer just recorded
        commands.annul_movement(
            by=self.by,
            person_code=code,
            custody=last[0],
            sequence=last[1].sequence,
            reason=_("Se registró en la ficha de otra persona"),
        )
