"""What courts decided about the people of the five sites: mandates, sentences with their computation, declarations.

Most sentenced people have their sentence; some have two, at once or one after another; some bring detention to credit;
a few are held by a second mandate ("QUEDA") or were declared recidivist. For the rest the copy has not come: unknown.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.commands import LoadedDeclaration, LoadedLaw, LoadedMandate, LoadedSentence
from creo.register.demo.context import DemoContext
from creo.register.demo.movements import SITES
from creo.register.engine import tables
from creo.register.queries import OpenEpisode
from creo.register.rules import Relation, Term

SOURCE = "demostración"
# Shares of the people they concern (assumptions of ours: INPE publishes none of them).
WITH_SENTENCE, APPEALED, CREDITED, SECOND, CONSECUTIVE = 0.7, 0.12, 0.3, 0.06, 0.5
WITH_MANDATE, QUEDA, RECIDIVIST, NOT_RECIDIVIST, HABITUAL = 0.15, 0.02, 0.25, 0.1, 0.04
LEFT = 45  # days at least that somebody still held has before them
COMPLETED = (rules.ReleaseKind.SENTENCE_COMPLETED, rules.ReleaseKind.SENTENCE_COMPLETED_REDEMPTION)


def load(context: DemoContext) -> dict[str, Any]:
    """Loads the legal side of the five sites; answers how many rows of each."""
    context.progress(0, 0, _("Mandatos y sentencias de los cinco establecimientos"))
    maker = _Courts(context)
    people = [law for row in queries.open_episodes(context.by, SITES) if (law := maker.law(row)) is not None]
    written = commands.load_law(by=context.by, people=people, source=SOURCE)
    return {**written, "people": len(people), **maker.told}


class _Courts:
    """Decides about each person in the order of their codes: the same seed, the same decisions."""

    def __init__(self, context: DemoContext) -> None:
        self.today = context.as_of
        self.random = Random(f"{context.seed} sentencias")
        self.years = {profile.key: profile.years for profile in tables.load().profiles}
        self.told: Counter[str] = Counter()
        self.cases = 0

    def law(self, row: OpenEpisode) -> LoadedLaw | None:
        """What courts decided about somebody; None when nothing is recorded."""
        sentences = self._sentences(row) if row.legal_status == rules.LegalStatus.SENTENCED else []
        declarations = self._declarations(row, sentences)
        mandates = self._mandates(row)
        if not (sentences or mandates):
            return None
        return LoadedLaw(row.person_code, row.facility, mandates, sentences, declarations)

    def _case(self, year: int) -> tuple[str, str]:
        """A made-up court and case number."""
        self.cases += 1
        number = self.random.randint(1, 12)
        return f"{number}.º Juzgado Penal de ejemplo", f"{self.cases:05d}-{year}-EJ"

    def _sentences(self, row: OpenEpisode) -> list[LoadedSentence]:
        if self.random.random() >= WITH_SENTENCE:
            return []
        found = [self._completed(item) for item in row.earlier if item.release_kind in COMPLETED]
        present = self._present(row)
        found.append(present)
        if self.random.random() < SECOND and present.finality == rules.Finality.FINAL:
            self.told["two_sentences"] += 1
            found.append(self._second(row, present, len(found) - 1))
        return found

    def _completed(self, item: queries.EarlierEpisode) -> LoadedSentence:
        """A sentence that ended with an earlier episode: as many whole months as it lasted."""
        court, case = self._case(item.admitted_on.year)
        months = (item.released_on.year - item.admitted_on.year) * 12 + item.released_on.month - item.admitted_on.month
        months -= item.released_on.day < item.admitted_on.day
        term = (
            Term(months // 12, months % 12)
            if months
            else Term(0, 0, max((item.released_on - item.admitted_on).days, 1))
        )
        return LoadedSentence(
            item.custody_id, court, case, item.admitted_on, term, rules.Effect.EFFECTIVE.value,
            rules.Finality.FINAL.value, item.admitted_on, item.admitted_on,
        )  # fmt: skip

    def _present(self, row: OpenEpisode) -> LoadedSentence:
        """The sentence somebody is serving: counted from the arrest, or from its day with credit for the arrest."""
        issued = row.legal_status_on or row.admitted_on
        court, case = self._case(issued.year)
        starts, credit = row.admitted_on, None
        if issued > row.admitted_on and self.random.random() < CREDITED:
            starts, credit = issued, (row.admitted_on, issued - timedelta(1))
            self.told["credited"] += 1
        low, high = self.years.get((row.offence_code, bool(row.attempt)), (3.0, 8.0))
        months = max(1, round(12 * self.random.uniform(low, high) / 3) * 3)
        credited = timedelta((credit[1] - credit[0]).days + 1) if credit else timedelta()
        while rules.add_term(starts, Term(0, months)) - credited <= self.today + timedelta(LEFT):
            months += self.random.choice((6, 9, 12))
        final = issued + timedelta(self.random.randint(20, 240))
        appealed = final > self.today or self.random.random() < APPEALED
        return LoadedSentence(
            custody_id=row.custody_id,
            court=court,
            case_number=case,
            issued_on=issued,
            term=Term(months // 12, months % 12),
            effect=rules.Effect.EFFECTIVE.value,
            finality=(rules.Finality.APPEALED if appealed else rules.Finality.FINAL).value,
            final_on=None if appealed else final,
            starts_on=starts,
            day_fines=self.random.choice((None, None, None, 60, 120, 180, 365)),
            civil_reparation=Decimal(self.random.randint(5, 300) * 100),
            offence=(row.offence_id, row.attempt) if row.offence_id is not None else None,
            credit=credit,
            credit_source="Constancia de detención de ejemplo" if credit else "",
        )

    def _second(self, row: OpenEpisode, present: LoadedSentence, place: int) -> LoadedSentence:
        """Another sentence, of another case: at the same time, or when the first ends."""
        issued = min(present.issued_on + timedelta(self.random.randint(30, 400)), self.today)
        court, case = self._case(issued.year)
        follows = self.random.random() < CONSECUTIVE
        self.told["consecutive" if follows else "concurrent"] += 1
        return LoadedSentence(
            custody_id=row.custody_id,
            court=court,
            case_number=case,
            issued_on=issued,
            term=Term(self.random.randint(1, 4), self.random.choice((0, 3, 6))),
            effect=rules.Effect.EFFECTIVE.value,
            finality=rules.Finality.FINAL.value,
            final_on=issued,
            starts_on=None if follows else issued,
            relation=(Relation.CONSECUTIVE if follows else Relation.CONCURRENT).value,
            after=place if follows else None,
            civil_reparation=Decimal(self.random.randint(5, 100) * 100),
        )

    def _mandates(self, row: OpenEpisode) -> list[LoadedMandate]:
        found: list[LoadedMandate] = []
        if self.random.random() < WITH_MANDATE:
            unsentenced = row.legal_status == rules.LegalStatus.UNSENTENCED
            kind = rules.MandateKind.PREVENTIVE if unsentenced else rules.MandateKind.SENTENCE
            ends = rules.add_term(row.admitted_on, Term(0, self.random.choice((9, 12, 18)))) if unsentenced else None
            found.append(self._mandate(row, kind, row.admitted_on, ends))
            if self.random.random() < QUEDA / WITH_MANDATE:
                later = row.admitted_on + (self.today - row.admitted_on) * self.random.random()
                found.append(self._mandate(row, rules.MandateKind.PREVENTIVE, later, None))
                self.told["queda"] += 1
        return found

    def _mandate(self, row: OpenEpisode, kind: rules.MandateKind, on: date, ends: date | None) -> LoadedMandate:
        court, case = self._case(on.year)
        return LoadedMandate(row.custody_id, kind.value, court, case, on, on, ends)

    def _declarations(self, row: OpenEpisode, sentences: list[LoadedSentence]) -> list[LoadedDeclaration]:
        """What the court of the present sentence said of somebody who had completed another."""
        if len({item.custody_id for item in sentences}) < 2:
            return []
        chance = self.random.random()
        if chance >= RECIDIVIST + NOT_RECIDIVIST + HABITUAL:
            return []
        kind = rules.JudicialKind.HABITUAL if chance < HABITUAL else rules.JudicialKind.RECIDIVIST
        declared = chance < RECIDIVIST + HABITUAL
        self.told[f"{kind.value}_{'yes' if declared else 'no'}"] += 1
        last = next(item for item in sentences if item.custody_id == row.custody_id)
        made = LoadedDeclaration(row.custody_id, kind.value, declared, last.court, last.case_number, last.issued_on)
        return [made]
