"""The demonstration's programme: CREO as its files say, and a draft of the titles' ages to compare it with."""

from __future__ import annotations

from typing import Any, Protocol

from creo.programme import commands, queries, rules
from creo.support.accounts.readers import Reader

VARIANT = "titles"


class Context(Protocol):
    """What `creo demo` hands over."""

    by: Reader
    as_of: Any
    progress: Any


def load(ctx: Context) -> dict[str, Any]:
    """Loads CREO in force and one draft; a second run changes nothing. Returns the figures of `creo design check`."""
    ctx.progress(0, 2, "Programa: diseño CREO")
    design = rules.load_design(rules.SHIPPED)
    number = commands.load_design(by=ctx.by, design=design, reason="demostración")
    ctx.progress(1, 2, "Programa: borrador de comparación")
    drafts = [row.number for row in queries.versions(ctx.by, design.design.code) if row.based_on == number]
    if not drafts:
        drafts = [commands.start_draft(by=ctx.by, based_on=number, variant=VARIANT, programme=design.design.code)]
    ctx.progress(2, 2, "Programa")
    return {**rules.check(design).as_json(), "version": number, "drafts": drafts}
