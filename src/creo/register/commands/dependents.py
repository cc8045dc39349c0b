"""What hangs from people in this chapter, and what a merge does with each kind of record.

Later chapters answer the same protocol (`rules.Dependents`) for their own tables, and most do with `Repointed`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import rules
from creo.register.models import Custody, DuplicatePair, Identity, Person
from creo.register.rules import Dependent, Fate, Joining, Memory
from creo.support.ui import formats

CLOSED, REPOINTED, REFUSED = Fate.CLOSED, Fate.REPOINTED, Fate.REFUSED


class Repointed:
    """Records that simply pass to the record that goes on; those it already has (`clash` fields equal) stay closed.

    `which` words one record. With `open_only`, a condition, only those clash. The foreign key may lead to the key or
    to the code of the person.
    """

    def __init__(
        self,
        code: str,
        model: str,
        what: Any,
        *,
        field: str = "person",
        clash: Sequence[str] = (),
        open_only: Q | None = None,
        which: Callable[[Any], str] = str,
    ) -> None:
        self.code, self.covers = code, (f"{model}.{field}",)
        self._model, self._what, self._field, self._clash = model, what, field, tuple(clash)
        self._open_only, self._which = open_only, which

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """Each record with its fate."""
        taken = self._taken(joining)
        return [
            Dependent(str(self._what), self._which(row), CLOSED, _("La ficha que queda ya lo tiene."))
            if self._clashes(row, taken)
            else Dependent(str(self._what), self._which(row), REPOINTED)
            for row in self._rows(joining, joining.duplicate_id, joining.duplicate_code)
        ]

    def apply(self, joining: Joining) -> Memory:
        """Moves them and remembers which."""
        taken = self._taken(joining)
        mine = self._rows(joining, joining.duplicate_id, joining.duplicate_code)
        keys = [row.pk for row in mine if not self._clashes(row, taken)]
        self._set(keys, joining.into_id, joining.into_code)
        return {"rows": keys}

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """Records that are somewhere else by now."""
        here = self._rows(joining, joining.into_id, joining.into_code)
        gone = set(memory["rows"]) - set(here.values_list("pk", flat=True))
        if not gone:
            return []
        return [_("%(what)s: %(count)d ya no están en la ficha que queda.") % {"what": self._what, "count": len(gone)}]

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Moves them back."""
        self._set(memory["rows"], joining.duplicate_id, joining.duplicate_code)

    @property
    def _table(self) -> type[Model]:
        return apps.get_model(self._model)

    def _key(self, key: int, code: str) -> int | str:
        """What the foreign key holds: most lead to the key, those of other chapters may lead to the code."""
        column: Any = self._table._meta.get_field(self._field)
        return code if column.target_field.name == "code" else key

    def _rows(self, joining: Joining, key: int, code: str) -> QuerySet[Any]:
        owner = {f"{self._field}_id": self._key(key, code)}
        return self._table._default_manager.filter(**owner).order_by("pk")

    def _set(self, keys: Sequence[Any], key: int, code: str) -> None:
        self._table._default_manager.filter(pk__in=keys).update(**{f"{self._field}_id": self._key(key, code)})

    def _taken(self, joining: Joining) -> set[tuple[Any, ...]]:
        if not self._clash:
            return set()
        rows = self._rows(joining, joining.into_id, joining.into_code)
        return set((rows.filter(self._open_only) if self._open_only else rows).values_list(*self._clash))

    def _clashes(self, row: Any, taken: set[tuple[Any, ...]]) -> bool:
        if not taken or tuple(getattr(row, name) for name in self._clash) not in taken:
            return False
        return self._open_only is None or self._table._default_manager.filter(self._open_only, pk=row.pk).exists()


class History:
    """Records that stay under the old code as they were: they tell what was known then. Nothing to give back."""

    def __init__(self, code: str, covers: Sequence[str], what: Any = "", *, why: Any = "", count: Any = None) -> None:
        self.code, self.covers = code, tuple(covers)
        self._what, self._why, self._count = what, why, count

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """One line with how many there are; none for what people never see."""
        number = self._count(joining) if self._count else 0
        return [Dependent(str(self._what), formats.number(number), CLOSED, str(self._why))] if number else []

    def apply(self, joining: Joining) -> Memory:
        """Nothing moves."""
        return {}

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """None."""
        return []

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Nothing to give back."""


class Episodes:
    """Episodes of custody, with their movements, offences, mandates and sentences: moved and numbered by date."""

    code, covers = "episodes", ("register.Custody.person",)

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """Each episode; refused where one person cannot have lived both."""
        kept = list(_episodes(joining.into_id))
        died = Person.objects.filter(pk__in=(joining.duplicate_id, joining.into_id)).values_list("died_on", flat=True)
        death = min((day for day in died if day is not None), default=None)
        lines = [self._line(row, kept, death) for row in _episodes(joining.duplicate_id)]
        # The survivor's own episodes only speak up when the other record's death contradicts them.
        return lines + [
            Dependent(_("Episodio de la ficha que queda"), _episode_words(row), REFUSED, _after_death(death))
            for row in kept
            if _outlives(row, death)
        ]

    def apply(self, joining: Joining) -> Memory:
        """Moves them; remembers the number of every episode of both."""
        moved = list(_episodes(joining.duplicate_id))
        kept = list(_episodes(joining.into_id))
        memory = {
            "moved": [[row.pk, row.number] for row in moved],
            "kept": [[row.pk, row.number] for row in kept],
        }
        ordered = sorted((*moved, *kept), key=lambda row: (row.admitted_on, row.released_on or date.max, row.pk))
        _place_episodes([(row.pk, joining.into_id, number) for number, row in enumerate(ordered, start=1)])
        return memory

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """Episodes that went on to another record, or began after the merge: nobody knows of which of the two."""
        present = {row.pk: row for row in _episodes(joining.into_id)}
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

    def _line(self, row: Custody, kept: Sequence[Custody], death: date | None) -> Dependent:
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


def _episodes(person_id: int) -> QuerySet[Custody]:
    return Custody.objects.filter(person_id=person_id).select_related("facility").order_by("number")


def _as_rule(row: Custody) -> rules.Episode:
    return rules.Episode(row.admitted_on, row.released_on, row.entry_kind, row.release_kind)


def _same_admission(one: Custody, other: Custody) -> bool:
    alive = not _as_rule(one).annulled and not _as_rule(other).annulled
    return alive and one.admitted_on == other.admitted_on and one.facility_id == other.facility_id


def _outlives(row: Custody, death: date | None) -> bool:
    """True of an episode that begins, or goes on, after a death."""
    if death is None or _as_rule(row).annulled:
        return False
    return row.admitted_on > death or row.released_on is None or row.released_on > death


def _after_death(death: date | None) -> str:
    return _("Una de las dos fichas consta como fallecida el %(day)s.") % {"day": formats.day(death)}


def _episode_words(row: Custody) -> str:
    place = row.facility.name if row.facility else _("sin establecimiento registrado")
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


class Identities:
    """The identities of the duplicate become history under its code; the survivor's stands."""

    code, covers = "identities", ("register.Identity.person",)

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """Each identity."""
        why = _("Queda como historia bajo su código; se la encuentra por esos nombres.")
        return [
            Dependent(
                _("Identidad"), rules.full_name(row.given_names, row.first_surname, row.second_surname), CLOSED, why
            )
            for row in Identity.objects.filter(person_id=joining.duplicate_id).order_by("valid_from", "pk")
        ]

    def apply(self, joining: Joining) -> Memory:
        """Closes the present one."""
        present = Identity.objects.get(person_id=joining.duplicate_id, valid_to=None)
        present.valid_to = max(joining.on, present.valid_from)
        present.save(update_fields=["valid_to"])
        return {"present": present.pk}

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """A document that somebody else confirmed meanwhile cannot be confirmed twice."""
        mine = Identity.objects.get(pk=memory["present"])
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

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """One line when the duplicate is dead."""
        mine, theirs = self._days(joining)
        if mine is None:
            return []
        if theirs is not None and theirs != mine:
            why = _("En la otra ficha consta el %(day)s.") % {"day": formats.day(theirs)}
            return [Dependent(_("Fallecimiento"), formats.day(mine), REFUSED, why)]
        if theirs == mine:
            why = _("La ficha que queda ya lo tiene.")
            return [Dependent(_("Fallecimiento"), formats.day(mine), CLOSED, why)]
        return [Dependent(_("Fallecimiento"), formats.day(mine), REPOINTED)]

    def apply(self, joining: Joining) -> Memory:
        """Writes it on the survivor."""
        mine, theirs = self._days(joining)
        if mine is None or theirs is not None:
            return {}
        Person.objects.filter(pk=joining.into_id).update(died_on=mine)
        return {"died_on": mine.isoformat()}

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """A day corrected since."""
        _mine, theirs = self._days(joining)
        if "died_on" not in memory or (theirs is not None and theirs.isoformat() == memory["died_on"]):
            return []
        return [_("La fecha de fallecimiento de la ficha que queda cambió después de la unión.")]

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Takes it from the survivor."""
        if "died_on" in memory:
            Person.objects.filter(pk=joining.into_id).update(died_on=None)

    def _days(self, joining: Joining) -> tuple[date | None, date | None]:
        days = dict(Person.objects.filter(pk__in=(joining.duplicate_id, joining.into_id)).values_list("pk", "died_on"))
        return days[joining.duplicate_id], days[joining.into_id]


class Pairs:
    """Pairs to review: the one of this merge is decided, the duplicate's others are withdrawn."""

    code, covers = "pairs", ("register.DuplicatePair.first", "register.DuplicatePair.second")
    _kept = ("state", "decided_on", "decided_by", "reason")

    def preview(self, joining: Joining) -> Sequence[Dependent]:
        """The duplicate's other pairs still to review."""
        why = _("Se buscan de nuevo con la ficha que queda.")
        return [
            Dependent(_("Posible duplicado por revisar"), self._other(row, joining), CLOSED, why)
            for row in self._rows(joining).filter(state=rules.PairState.OPEN)
            if not self._is_this(row, joining)
        ]

    def apply(self, joining: Joining) -> Memory:
        """Decides them, and remembers what they said."""
        memory = []
        for row in self._rows(joining):
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

    def obstacles(self, joining: Joining, memory: Memory) -> Sequence[str]:
        """None: a later decision about a pair is of the merged record, and goes with it."""
        return []

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Each pair says again what it said."""
        for pk, before in memory["rows"]:
            DuplicatePair.objects.filter(pk=pk).update(**before)

    def _rows(self, joining: Joining) -> QuerySet[DuplicatePair]:
        mine = Q(first_id=joining.duplicate_id) | Q(second_id=joining.duplicate_id)
        return DuplicatePair.objects.filter(mine).select_related("first", "second").order_by("pk")

    def _is_this(self, row: DuplicatePair, joining: Joining) -> bool:
        return {row.first_id, row.second_id} == {joining.duplicate_id, joining.into_id}

    def _other(self, row: DuplicatePair, joining: Joining) -> str:
        return row.second.code if row.first_id == joining.duplicate_id else row.first.code


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _earlier(row: Any) -> str:
    return str(row.code)


_ALIAS = ("kind", "given_names", "first_surname", "second_surname", "nickname")


def _alias_words(row: Any) -> str:
    return row.nickname or rules.full_name(row.given_names, row.first_surname, row.second_surname)


_OPEN = Q(valid_to=None)

DEPENDENTS: tuple[rules.Dependents, ...] = (
    Episodes(),
    Identities(),
    Death(),
    Repointed("aliases", "register.Alias", gettext_lazy("Alias"), clash=_ALIAS, open_only=_OPEN, which=_alias_words),
    Repointed("references", "register.PersonReference", gettext_lazy("Referencia en otro registro")),
    Repointed("statements", "register.Statement", gettext_lazy("Declaración de una fuente"), clash=("source", "kind")),
    Repointed("earlier", "register.Person", gettext_lazy("Ficha unida antes"), field="merged_into", which=_earlier),
    Pairs(),
    # Derived from names, or the memory of merges themselves.
    History("derived", ("register.NameKey.person", "register.Merge.duplicate", "register.Merge.into")),
)
