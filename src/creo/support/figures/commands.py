"""Publishing: what was seen, hidden cells and all, is what goes out, once a day and never changed."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.figures import queries
from creo.support.figures.models import Release, ReleasedTable
from creo.support.figures.parameters import limits_on
from creo.support.figures.tables import Axis, digest
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused


@ledger.command(permission=Permission.PUBLISH_FIGURES)
def publish(*, by: Reader, today: date, reason: str, seen: str) -> int:
    """Publishes today's figures and answers the release's number. `seen` is the digest of what was looked at.

    Refused without a reason, for a second release of a day, when something changed since it was seen, or when the
    small cells cannot be protected.
    """
    _one_at_a_time()
    fields: dict[str, str] = {}
    if not reason.strip():
        fields["reason"] = _("Escriba el motivo o el calendario que manda publicar.")
    problems = list(fields.values())
    if Release.objects.filter(as_of=today).exists():
        problems.append(_("Las cifras de hoy ya se publicaron: dos publicaciones de un día se comparan entre sí."))
    if problems:
        raise Refused(problems, fields=fields)
    tables = queries.prepared(by, today)
    if digest(tables) != seen:
        raise Refused(_("Los registros cambiaron desde que vio las tablas: véalas otra vez."))
    number = (Release.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Release.objects.create(
        number=number,
        as_of=today,
        published_at=clock.now(),
        published_by=by.name,
        published_by_id=by.user_id,
        reason=reason.strip(),
        least=limits_on(today).least,
        digest=seen,
    )
    ReleasedTable.objects.bulk_create(
        ReleasedTable(
            release=made,
            code=table.code,
            position=position,
            title=table.title,
            rows=_stored(table.rows),
            columns=_stored(table.columns),
            cells=table.stored(),
            source=table.source,
        )
        for position, table in enumerate(tables)
    )
    ledger.record(
        act="figures.published",
        subject=("figures", str(number)),
        reason=reason.strip(),
        after={"as_of": today.isoformat(), "digest": seen, "hidden": {table.code: table.hidden for table in tables}},
    )
    return number


@ledger.command(permission=Permission.VIEW_PROGRAMME)
def record_export(*, by: Reader, number: int, table: str) -> None:
    """The line that says who took which table of a release. NotFound when there is none."""
    queries.release(by, number)
    ledger.record(act="figures.exported", subject=("figures", str(number)), after={"table": table})


def _stored(axis: Axis) -> dict[str, object]:
    return {"title": axis.title, "codes": list(axis.codes), "labels": list(axis.labels)}


def _one_at_a_time() -> None:
    """Until the command ends nobody else publishes: two releases would not know of each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE figures_release IN SHARE ROW EXCLUSIVE MODE")
