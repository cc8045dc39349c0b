"""What hangs from people in this chapter, and what a merge does with each kind of record.

Later chapters answer the same protocol (`rules.Dependents`) for their own tables, and most do with `Repointed`. What
each needs to know comes read (`queries.hanging`): all of them together cost a merge one query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import rules
from creo.register.models import Custody, DuplicatePair, Identity, Person
from creo.register.rules import Dependent, Fate, Found, Joining, Memory, Reading, ReadRow
from creo.support.ui import formats

CLOSED, REPOINTED, REFUSED = Fate.CLOSED, Fate.REPOINTED, Fate.REFUSED


def numbered(row: ReadRow) -> str:
    """A record named by its key alone: what it says is not for a preview."""
    return _("N.º %(number)d") % {"number": row.pk}


class Repointed:
    """Records that simply pass to the record that goes on; those it already has (`clash` fields equal) stay closed.

    `which` words one record, out of `columns`. With `ended`, the field that tells when a record ended, only those
    without it clash. The foreign key may lead to the key or to the code of the person.
    """

    def __init__(
        self,
        code: str,
        model: str,
        what: Any,
        *,
        field: str = "person",
        columns: Sequence[str] = (),
        clash: Sequence[str] = (),
        ended: str = "",
        which: Callable[[ReadRow], str] = numbered,
    ) -> None:
        self.code, self.covers = code, (f"{model}.{field}",)
        wanted = dict.fromkeys((*columns, *clash, *([ended] if ended else [])))
        self._reading = Reading(model, field, tuple(wanted))
        self.reads = (self._reading,)
        self._what, self._clash, self._ended, self._which = what, tuple(clash), ended, which

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """Each record with its fate."""
        taken = self._taken(found)
        return [
            Dependent(str(self._what), self._which(row), CLOSED, _("La ficha que queda ya lo tiene."))
            if self._clashes(row, taken)
            else Dependent(str(self._what), self._which(row), REPOINTED)
            for row in found.duplicate[self._reading]
        ]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Moves them and remembers which."""
        taken = self._taken(found)
        keys = [row.pk for row in found.duplicate[self._reading] if not self._clashes(row, taken)]
        self._set(keys, joining.into_id, joining.into_code)
        return {"rows": keys}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """Records that are somewhere else by now."""
        gone = set(memory["rows"]) - {row.pk for row in found.into[self._reading]}
        if not gone:
            return []
        return [_("%(what)s: %(count)d ya no están en la ficha que queda.") % {"what": self._what, "count": len(gone)}]

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Moves them back."""
        self._set(memory["rows"], joining.duplicate_id, joining.duplicate_code)

    def _set(self, keys: Sequence[Any], key: int, code: str) -> None:
        """Gives records their owner: most foreign keys hold the key, those of other chapters may hold the code."""
        table, field = apps.get_model(self._reading.model), self._reading.owner
        column: Any = table._meta.get_field(field)
        owner = code if column.target_field.name == "code" else key
        table._default_manager.filter(pk__in=keys).update(**{f"{field}_id": owner})

    def _taken(self, found: Found) -> set[tuple[Any, ...]]:
        if not self._clash:
            return set()
        return {self._told(row) for row in found.into[self._reading] if self._holds(row)}

    def _clashes(self, row: ReadRow, taken: set[tuple[Any, ...]]) -> bool:
        return self._holds(row) and self._told(row) in taken

    def _told(self, row: ReadRow) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self._clash)

    def _holds(self, row: ReadRow) -> bool:
        return not self._ended or getattr(row, self._ended) is None


class History:
    """Records that stay under the old code as they were: they tell what was known then. Nothing to give back.

    `counted` is how to count them for the preview (`Reading.counted`); without it, people never see them.
    """

    def __init__(
        self, code: str, covers: Sequence[str], what: Any = "", *, why: Any = "", counted: Reading | None = None
    ) -> None:
        self.code, self.covers = code, tuple(covers)
        self.reads: tuple[Reading, ...] = (counted,) if counted else ()
        self._what, self._why = what, why

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """One line with how many there are; none for what people never see."""
        number = sum(found.number(reading) for reading in self.reads)
        return [Dependent(str(self._what), formats.number(number), CLOSED, str(self._why))] if number else []

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Nothing moves."""
        return {}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """None."""
        return []

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Nothing to give back."""


_EPISODES = Reading(
    "register.Custody",
    columns=(
        "number", "admitted_on", "released_on", "entry_kind", "release_kind", "facility_id", "facility__name",
    ),
)  # fmt: skip
_PEOPLE = Reading("register.Person", "pk", ("died_on",))


class Episodes:
    """Episodes of custody, with their movements, offences, mandates and sentences: moved and numbered by date."""

    code, covers = "episodes", ("register.Custody.person",)
    reads: tuple[Reading, ...] = (_EPISODES, _PEOPLE)

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """Each episode; refused where one person cannot have lived both."""
        moved, kept = _both_episodes(found)
        death = min((day for day in _deaths(found) if day is not None), default=None)
        lines = [self._line(row, kept, death) for row in moved]
        # The survivor's own episodes only speak up when the other record's death contradicts them.
        return lines + [
            Dependent(_("Episodio de la ficha que queda"), _episode_words(row), REFUSED, _after_death(death))
            for row in kept
            if _outlives(row, death)
        ]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Moves them; remembers the number of every episode of both."""
        moved, kept = _both_episodes(found)
        memory = {
            "moved": [[row.pk, row.number] for row in moved],
            "kept": [[row.pk, row.number] for row in kept],
        }
        ordered = sorted((*moved, *kept), key=lambda row: (row.admitted_on, row.released_on or date.max, row.pk))
        _place_episodes([(row.pk, joining.into_id, number) for number, row in enumerate(ordered, start=1)])
        return memory

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """Episodes that went on to another record, or began after the merge: nobody knows of which of the two."""
        present = {row.pk: row for row in _both_episodes(found)[1]}
        known = {pk for pk, _number in (*memory["moved"], *memory["kept"])}
        problems = [
            _("El episodio con ingreso el %(day)s empezó después de la unión: no consta de cuál de las dos es.")
            % {"day": formats.day(row.admitted_on)}
            for pk, row in present.items()
            if pk not in known
        ]
        if known - set(present):
            problems.append(_("Hay episodios que ya no están en la ficha que queda."))
        return problems

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Each episode back with its person and its number."""
        _place_episodes(
            [(pk, joining.duplicate_id, number) for pk, number in memory["moved"]]
            + [(pk, joining.into_id, number) for pk, number in memory["kept"]]
        )

    def _line(self, row: ReadRow, kept: Sequence[ReadRow], death: date | None) -> Dependent:
        what, which = _("Episodio de custodia"), _episode_words(row)
        if _outlives(row, death):
            return Dependent(what, which, REFUSED, _after_death(death))
        if any(_same_admission(row, other) for other in kept):
            why = _("Es el mismo ingreso registrado dos veces: anule uno de los dos y vuelva a intentar.")
            return Dependent(what, which, REFUSED, why)
        findings = rules.overlap_findings(_as_rule(row), [_as_rule(other) for other in kept])
        if findings:
            return Dependent(what, which, REFUSED, " ".join(finding.message for finding in findings))
        return Dependent(what, which, REPOINTED, _("Con sus movimientos, delitos, mandatos y sentencias."))


def _both_episodes(found: Found) -> tuple[list[ReadRow], list[ReadRow]]:
    """The episodes of the duplicate and of the record that goes on, each in their order."""
    moved, kept = (sorted(rows[_EPISODES], key=lambda row: int(row.number)) for rows in (found.duplicate, found.into))
    return moved, kept


def _deaths(found: Found) -> tuple[date | None, date | None]:
    """The days of death of the duplicate and of the record that goes on."""
    (mine,), (theirs,) = found.duplicate[_PEOPLE], found.into[_PEOPLE]
    return mine.died_on, theirs.died_on


def _as_rule(row: ReadRow) -> rules.Episode:
    return rules.Episode(row.admitted_on, row.released_on, row.entry_kind, row.release_kind)


def _same_admission(one: ReadRow, other: ReadRow) -> bool:
    alive = not _as_rule(one).annulled and not _as_rule(other).annulled
    return alive and (one.admitted_on, one.facility_id) == (other.admitted_on, other.facility_id)


def _outlives(row: ReadRow, death: date | None) -> bool:
    """True of an episode that begins, or goes on, after a death."""
    if death is None or _as_rule(row).annulled:
        return False
    return bool(row.admitted_on > death or row.released_on is None or row.released_on > death)


def _after_death(death: date | None) -> str:
    return _("Una de las dos fichas consta como fallecida el %(day)s.") % {"day": formats.day(death)}


def _episode_words(row: ReadRow) -> str:
    place = row.facility__name or _("sin establecimiento registrado")
    until = formats.day(row.released_on) if row.released_on else _("sigue en custodia")
    words = {"start": formats.day(row.admitted_on), "end": until, "place": place}
    return _("%(start)s – %(end)s, %(place)s") % words


def _place_episodes(rows: Sequence[tuple[int, int, int]]) -> None:
    """Gives episodes (key, person, number) their owner and number; twice, so that no two share one on the way."""
    for base, (pk, _person, _number) in enumerate(rows, start=20_000):
        Custody.objects.filter(pk=pk).update(number=base)
    # Closed episodes first: a person has one open episode at every moment.
    opened = set(Custody.objects.filter(pk__in=[row[0] for row in rows], released_on=None).values_list("pk", flat=True))
    for pk, person, number in sorted(rows, key=lambda row: row[0] in opened):
        Custody.objects.filter(pk=pk).update(person_id=person, number=number)


_IDENTITIES = Reading(
    "register.Identity",
    columns=(
        "given_names", "first_surname", "second_surname", "document_kind", "document_number", "nationality", "status",
        "valid_from",
    ),
)  # fmt: skip


class Identities:
    """The identities of the duplicate become history under its code; the survivor's stands."""

    code, covers = "identities", ("register.Identity.person",)
    reads: tuple[Reading, ...] = (_IDENTITIES,)

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """Each identity."""
        why = _("Queda como historia bajo su código; se la encuentra por esos nombres.")
        return [
            Dependent(
                _("Identidad"), rules.full_name(row.given_names, row.first_surname, row.second_surname), CLOSED, why
            )
            for row in sorted(found.duplicate[_IDENTITIES], key=lambda row: (row.valid_from, row.pk))
        ]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Closes the present one."""
        present = Identity.objects.get(person_id=joining.duplicate_id, valid_to=None)
        present.valid_to = max(joining.on, present.valid_from)
        present.save(update_fields=["valid_to"])
        return {"present": present.pk}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """A document that somebody else confirmed meanwhile cannot be confirmed twice."""
        mine = next(row for row in found.duplicate[_IDENTITIES] if row.pk == memory["present"])
        if mine.status != rules.IdentityStatus.CONFIRMED or not mine.document_number:
            return []
        same = Identity.objects.filter(
            valid_to=None,
            status=mine.status,
            document_kind=mine.document_kind,
            document_number=mine.document_number,
        )
        if mine.document_kind == rules.DocumentKind.FOREIGN:
            same = same.filter(nationality=mine.nationality)
        other = same.select_related("person").first()
        if other is None:
            return []
        return [
            _("El documento %(number)s se confirmó después en la ficha %(code)s.")
            % {"number": mine.document_number, "code": other.person.code}
        ]

    def undo(self, joining: Joining, memory: Memory) -> None:
        """The identity is the present one again."""
        Identity.objects.filter(pk=memory["present"]).update(valid_to=None)


class Death:
    """The day of death passes to the survivor; two different days cannot be of one person."""

    code: str = "death"
    covers: tuple[str, ...] = ()
    reads: tuple[Reading, ...] = (_PEOPLE,)

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """One line when the duplicate is dead."""
        mine, theirs = _deaths(found)
        if mine is None:
            return []
        if theirs is not None and theirs != mine:
            why = _("En la otra ficha consta el %(day)s.") % {"day": formats.day(theirs)}
            return [Dependent(_("Fallecimiento"), formats.day(mine), REFUSED, why)]
        if theirs == mine:
            why = _("La ficha que queda ya lo tiene.")
            return [Dependent(_("Fallecimiento"), formats.day(mine), CLOSED, why)]
        return [Dependent(_("Fallecimiento"), formats.day(mine), REPOINTED)]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Writes it on the survivor."""
        mine, theirs = _deaths(found)
        if mine is None or theirs is not None:
            return {}
        Person.objects.filter(pk=joining.into_id).update(died_on=mine)
        return {"died_on": mine.isoformat()}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """A day corrected since."""
        _mine, theirs = _deaths(found)
        if "died_on" not in memory or (theirs is not None and theirs.isoformat() == memory["died_on"]):
            return []
        return [_("La fecha de fallecimiento de la ficha que queda cambió después de la unión.")]

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Takes it from the survivor."""
        if "died_on" in memory:
            Person.objects.filter(pk=joining.into_id).update(died_on=None)


_PAIR = ("state", "first_id", "second_id", "first__code", "second__code")
_AS_FIRST, _AS_SECOND = (Reading("register.DuplicatePair", side, _PAIR) for side in ("first", "second"))


class Pairs:
    """Pairs to review: the one of this merge is decided, the duplicate's others are withdrawn."""

    code, covers = "pairs", ("register.DuplicatePair.first", "register.DuplicatePair.second")
    reads: tuple[Reading, ...] = (_AS_FIRST, _AS_SECOND)
    _kept = ("state", "decided_on", "decided_by", "reason")

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """The duplicate's other pairs still to review."""
        why = _("Se buscan de nuevo con la ficha que queda.")
        return [
            Dependent(_("Posible duplicado por revisar"), self._other(row, joining), CLOSED, why)
            for row in sorted((*found.duplicate[_AS_FIRST], *found.duplicate[_AS_SECOND]), key=lambda row: int(row.pk))
            if row.state == rules.PairState.OPEN and not self._is_this(row, joining)
        ]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Decides them, and remembers what they said."""
        memory = []
        keys = [row.pk for row in (*found.duplicate[_AS_FIRST], *found.duplicate[_AS_SECOND])]
        for row in DuplicatePair.objects.filter(pk__in=keys).order_by("pk"):
            this = self._is_this(row, joining)
            if not this and row.state != rules.PairState.OPEN:
                continue
            before = {name: _plain(getattr(row, name)) for name in self._kept}
            row.state = rules.PairState.MERGED if this else rules.PairState.WITHDRAWN
            row.decided_on, row.decided_by = joining.on, joining.by
            codes = {"duplicate": joining.duplicate_code, "into": joining.into_code}
            row.reason = joining.reason[:400] if this else _("%(duplicate)s se unió a %(into)s.") % codes
            row.save(update_fields=self._kept)
            memory.append([row.pk, before])
        return {"rows": memory}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """None: a later decision about a pair is of the merged record, and goes with it."""
        return []

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Each pair says again what it said."""
        for pk, before in memory["rows"]:
            DuplicatePair.objects.filter(pk=pk).update(**before)

    def _is_this(self, row: ReadRow | DuplicatePair, joining: Joining) -> bool:
        return {row.first_id, row.second_id} == {joining.duplicate_id, joining.into_id}

    def _other(self, row: ReadRow, joining: Joining) -> str:
        return str(row.second__code if row.first_id == joining.duplicate_id else row.first__code)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _earlier(row: ReadRow) -> str:
    return str(row.code)


def _reference(row: ReadRow) -> str:
    return f"{row.source}: {row.reference}"


def _statement(row: ReadRow) -> str:
    return f"{row.source}, {row.kind}: {row.answer}"


_ALIAS = ("kind", "given_names", "first_surname", "second_surname", "nickname")


def _alias(row: ReadRow) -> str:
    return row.nickname or rules.full_name(row.given_names, row.first_surname, row.second_surname)


DEPENDENTS: tuple[rules.Dependents, ...] = (
    Episodes(),
    Identities(),
    Death(),
    Repointed("aliases", "register.Alias", gettext_lazy("Alias"), clash=_ALIAS, ended="valid_to", which=_alias),
    Repointed(
        "references",
        "register.PersonReference",
        gettext_lazy("Referencia en otro registro"),
        columns=("source", "reference"),
        which=_reference,
    ),
    Repointed(
        "statements",
        "register.Statement",
        gettext_lazy("Declaración de una fuente"),
        columns=("answer",),
        clash=("source", "kind"),
        which=_statement,
    ),
    Repointed(
        "earlier",
        "register.Person",
        gettext_lazy("Ficha unida antes"),
        field="merged_into",
        columns=("code",),
        which=_earlier,
    ),
    Pairs(),
    # Derived from names, or the memory of merges themselves.
    History("derived", ("register.NameKey.person", "register.Merge.duplicate", "register.Merge.into")),
)
