"""Possible duplicates of the demonstration: found, and one of each decision, so that every page opens on something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.demo.context import DemoContext
from creo.register.queries import PairRow


def load(context: DemoContext) -> dict[str, Any]:
    """Searches the whole register; merges one pair, merges and gives back another, and tells another apart.

    The rest stays to review. Answers what the search found and which codes were decided.
    """
    search = commands.find_duplicates(by=context.by, today=context.as_of, progress=context.progress)
    waiting = list(queries.pair_rows(context.by, queries.PairFilters(), context.as_of))
    report: dict[str, Any] = asdict(search) | {"merged": [], "given_back": [], "distinct": []}
    if len(waiting) > 2:
        # The list ends with the least alike: homonyms, most of them.
        row = waiting.pop()
        reason = _("Son homónimos: las partidas de nacimiento de prueba nombran a padres distintos.")
        commands.mark_distinct(by=context.by, pair_id=row.id, reason=reason, today=context.as_of)
        report["distinct"] = [row.first.code, row.second.code]
    chosen = list(islice(_mergeable(context, waiting), 2))
    if chosen:
        _merge(context, chosen[0], _("Coinciden las diez huellas, según el oficio de identificación de prueba."))
        report["merged"] = [chosen[0].first.code, chosen[0].second.code]
    if len(chosen) > 1:
        merge_id = _merge(
            context, chosen[1], _("Mismos nombres y fecha de nacimiento; se consultó a RENIEC, de prueba.")
        )
        reason = _("Las huellas llegaron después y no coinciden: son dos personas.")
        commands.unmerge_people(by=context.by, merge_id=merge_id, reason=reason, today=context.as_of)
        report["given_back"] = [chosen[1].first.code, chosen[1].second.code]
    return report


def _mergeable(context: DemoContext, waiting: Sequence[PairRow]) -> Iterator[PairRow]:
    """The pairs that nothing stops, with nobody in two of them."""
    used: set[str] = set()
    for row in waiting:
        codes = {row.first.code, row.second.code}
        if codes & used:
            continue
        kept, gone = _order(row)
        preview = commands.preview_merge(by=context.by, duplicate_code=gone, into_code=kept, today=context.as_of)
        if not preview.refused:
            used |= codes
            yield row


def _merge(context: DemoContext, row: PairRow, reason: str) -> int:
    kept, gone = _order(row)
    return commands.merge_people(by=context.by, duplicate_code=gone, into_code=kept, reason=reason, today=context.as_of)


def _order(row: PairRow) -> tuple[str, str]:
    """The record that goes on, and the one that is joined to it."""
    kept, gone = rules.survivor_first([(side.code, side.confirmed) for side in (row.first, row.second)])
    return kept, gone
