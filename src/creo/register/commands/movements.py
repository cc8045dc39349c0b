"""How a movement enters an episode: its place in the order, whether the whole course stays possible, and the caches.

Every command that moves somebody plans the movement first (`plan`), refuses what cannot be, and then writes it
(`insert`). The columns of Custody that movements decide are derived again after each write, never edited by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, person_for_update
from creo.register.models import Custody, Movement, Person
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats
from creo.territory import queries as territory

# Far above any movement of an episode, and inside a small integer: where rows wait while they change places.
_ASIDE = 16_000
MAX_NOTE = 300
CACHED = ("entry_kind", "admitted_on", "facility_id", "absence", "absent_since", "released_on", "release_kind")


@dataclass(frozen=True, slots=True)
class Step:
    """A movement to record; places by key, None where the record does not say."""

    kind: rules.MovementKind
    on: date
    at: time | None = None
    from_id: int | None = None
    to_id: int | None = None
    detail: str = ""
    destination: str = ""
    hours: int | None = None
    note: str = ""
    source_key: str = ""

    def leaving(self, plan: Plan) -> Step:
        """The same, from the prison whose roll holds the person."""
        return replace(self, from_id=plan.here_id)

    def entering(self, plan: Plan) -> Step:
        """The same, into that prison."""
        return replace(self, to_id=plan.here_id)

    def values(self) -> dict[str, object]:
        """The columns of the movement."""
        return {
            "kind": self.kind.value,
            "on": self.on,
            "at": self.at,
            "from_facility_id": self.from_id,
            "to_facility_id": self.to_id,
            "detail": self.detail,
            "destination": self.destination,
            "hours": self.hours,
            "note": self.note,
            "source_key": self.source_key,
        }


@dataclass(frozen=True)
class Plan:
    """Where a movement of a day and hour goes: after which others, and how the person stood at that moment."""

    person: Person
    custody: Custody
    rows: Sequence[Movement]
    index: int
    course: rules.Course
    codes: Mapping[int, str]

    @property
    def live(self) -> list[Movement]:
        """The movements of the episode that were not annulled, in order."""
        return [row for row in self.rows if not row.annulled]

    @property
    def late(self) -> bool:
        """True when something that happened afterwards is already recorded."""
        return self.index < len(self.live)

    @property
    def previous(self) -> Movement:
        """The movement before."""
        return self.live[self.index - 1]

    @property
    def here_id(self) -> int | None:
        """The prison whose roll held the person then; None where the record does not say it."""
        place = self.course.stays[-1].place if self.course.stays else None
        return int(place) if place is not None else None

    @property
    def here(self) -> str:
        """Its code; empty where the record does not say it."""
        return self.codes.get(self.here_id, "") if self.here_id is not None else ""

    @property
    def standing(self) -> rules.Standing:
        """Present, or away."""
        return self.course.standing


def person_and_plan(by: Reader, person_code: str, kind: rules.MovementKind, on: date, at: time | None = None) -> Plan:
    """The person under lock, and where a movement of that moment goes: in the open episode, or the one of that day.

    Refused when they were not in custody then; NotFound outside the reader's scope.
    """
    person = person_for_update(by, person_code)
    custody = _episode_on(person, on)
    if custody is None:
        raise Refused(_("La persona no está en custodia."))
    rows = list(
        Movement.objects.filter(custody=custody).select_related("from_facility", "to_facility").order_by("sequence")
    )
    live = [row for row in rows if not row.annulled]
    if not live:
        raise Refused(_("El episodio no tiene movimientos vigentes: regístrelo de nuevo."))
    index = _place(live, kind, on, at)
    places = [place for row in rows for place in (row.from_facility, row.to_facility) if place is not None]
    codes = {place.pk: place.code for place in places}
    return Plan(person, custody, rows, index, rules.follow(moves_of(custody.number, live[:index])), codes)


def _place(live: Sequence[Movement], kind: rules.MovementKind, on: date, at: time | None) -> int:
    """After which of the movements one of that moment comes: the last place where the person can have made it.

    Hours that nobody recorded leave several places on one day; where none of them fits, the last one is answered.
    """
    last = len(live)
    while last > 1 and _after(live[last - 1], on, at):
        last -= 1
    place = last
    while place >= 1:
        standing = rules.follow(moves_of(1, live[:place])).standing
        if kind in rules.possible_steps(standing) and (place == last or _lets(standing, kind, live[place])):
            return place
        if live[place - 1].on != on or not (live[place - 1].at is None or at is None):
            break
        place -= 1
    return last


def _lets(standing: rules.Standing, kind: rules.MovementKind, following: Movement) -> bool:
    """True when a movement made from a standing lets the following one happen."""
    return rules.MovementKind(following.kind) in rules.possible_steps(rules.STEPS[standing, kind])


def _episode_on(person: Person, on: date) -> Custody | None:
    """The open episode; for a day before it, or outside custody, the last one that holds the day."""
    rows = list(Custody.objects.select_related("facility").filter(person_id=person.pk).order_by("-number"))
    rows = [row for row in rows if row.release_kind != rules.ReleaseKind.ANNULLED]
    held = next((row for row in rows if row.released_on is None), None)
    if held is not None and on >= held.admitted_on:
        return held
    past = (row for row in rows if row.released_on is not None and row.admitted_on <= on <= row.released_on)
    return next(past, held)


def _after(row: Movement, on: date, at: time | None) -> bool:
    """True when a recorded movement happened after a moment; unknown hours leave the order of recording."""
    if row.on != on or row.at is None or at is None:
        return row.on > on
    return row.at > at


def moves_of(number: int, rows: Sequence[Movement]) -> list[rules.Move]:
    """Movements of one episode as the rules see them; places are keys."""
    return [
        rules.Move(
            custody=number,
            sequence=row.sequence,
            kind=row.kind,
            on=row.on,
            from_place=_text(row.from_facility_id),
            to_place=_text(row.to_facility_id),
            detail=row.detail,
            at=row.at,
            annulled=row.annulled,
        )
        for row in rows
    ]


def _text(key: int | None) -> str | None:
    return None if key is None else str(key)


def check_moment(refusals: Refusals, plan: Plan, on: date, at: time | None, today: date, now: time | None) -> None:
    """Refuses a moment in the future, before the admission or after the death."""
    if on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "on")
    elif on == today and at is not None and now is not None and at > now:
        refusals.add(_("La hora todavía no llega."), "at")
    first = plan.live[0]
    if _after(first, on, at):
        refusals.add(_("La fecha es anterior al ingreso, del %(day)s.") % {"day": formats.day(first.on)}, "on")
    died = plan.person.died_on
    if died is not None and on > died:
        refusals.add(_("La persona falleció el %(day)s.") % {"day": formats.day(died)}, "on")


def check_present(refusals: Refusals, plan: Plan, kind: rules.MovementKind) -> None:
    """Refuses what somebody who is away, or who is not, cannot do."""
    if kind in rules.possible_steps(plan.standing):
        return
    absence = plan.course.absence
    if absence is not None:
        refusals.add(
            _("La persona está fuera del establecimiento desde el %(day)s (%(why)s): registre antes su retorno.")
            % {"day": formats.day(absence.period.start), "why": _(rules.ABSENCE_WORDS[absence.kind]).lower()}
        )
    elif kind is rules.MovementKind.RETURN:
        refusals.add(_("La persona no ha salido: no hay retorno que registrar."))
    else:
        refusals.add(_("La persona no está en custodia."))


def insert(plan: Plan, steps: Sequence[Step]) -> list[Movement]:
    """Writes movements in their place, puts the later ones after them and derives the caches again.

    Of equal moments the last possible place is taken. Refused with every contradiction that they would bring into the
    person's whole course.
    """
    place = _legal_place(plan, steps)
    rows, live = list(plan.rows), plan.live
    at = rows.index(live[place]) if place < len(live) else len(rows)
    sequence = rows[at].sequence if at < len(rows) else rows[-1].sequence + 1
    _make_room(rows[at:], len(steps))
    late = place < len(live)
    made = [
        Movement.objects.create(custody=plan.custody, sequence=sequence + order, late=late, **step.values())
        for order, step in enumerate(steps)
    ]
    derive(plan.custody)
    return made


def _legal_place(plan: Plan, steps: Sequence[Step]) -> int:
    """The last place of the episode where the movements fit. Refused with the contradictions of the first one tried."""
    live, number = plan.live, plan.custody.number
    others = _other_moves(plan)
    before = set(rules.movement_problems([*others, *moves_of(number, live)]))
    refused: list[str] = []
    for place in range(plan.index, 0, -1):
        if place < plan.index and live[place].on != steps[0].on:
            break
        new = [Movement(custody=plan.custody, **step.values()) for step in steps]
        ordered = [*live[:place], *new, *live[place:]]
        moves = [
            rules.Move(number, order, move.kind, move.on, move.from_place, move.to_place, move.detail, move.at)
            for order, move in enumerate(moves_of(number, ordered), start=1)
        ]
        problems = [text for text in rules.movement_problems([*others, *moves]) if text not in before]
        if not problems:
            return place
        refused = refused or problems
    raise Refused(refused, fields={"on": "\n".join(refused)})


def _other_moves(plan: Plan) -> list[rules.Move]:
    """The movements of the person's other episodes."""
    rows = (
        Movement.objects.filter(custody__person_id=plan.person.pk, annulled=False)
        .exclude(custody_id=plan.custody.pk)
        .select_related("custody")
        .order_by("custody__number", "sequence")
    )
    return [move for row in rows for move in moves_of(row.custody.number, [row])]


def _make_room(rows: Sequence[Movement], places: int) -> None:
    """Moves rows to later sequence numbers, in two steps so that no two share one on the way."""
    for base in (_ASIDE, 0):
        for row in rows:
            Movement.objects.filter(pk=row.pk).update(sequence=base + row.sequence + places)


def derive(custody: Custody) -> None:
    """Derives again what an episode's movements decide, and stores what changed.

    What a movement does not say (the kind of a release loaded long ago) stays as it was recorded.
    """
    rows = list(Movement.objects.filter(custody=custody, annulled=False).order_by("sequence"))
    course = rules.follow(moves_of(custody.number, rows))
    values = _annulled(custody) if not rows else _cached(custody, rows, course)
    changed = [name for name in CACHED if getattr(custody, name) != values[name]]
    for name in changed:
        setattr(custody, name, values[name])
    if changed:
        custody.save(update_fields=[name.removesuffix("_id") for name in changed])


def _annulled(custody: Custody) -> dict[str, object]:
    """An episode whose admission never was: it keeps its day and its place, and lasts nothing."""
    kept = {name: getattr(custody, name) for name in ("entry_kind", "admitted_on", "facility_id")}
    ended: dict[str, object] = {"released_on": custody.admitted_on, "release_kind": rules.ReleaseKind.ANNULLED.value}
    return {**kept, **ended, "absence": "", "absent_since": None}


def _cached(custody: Custody, rows: Sequence[Movement], course: rules.Course) -> dict[str, object]:
    episode, absence, place = course.episodes[-1], course.absence, course.stays[-1].place
    kept = custody.release_kind if custody.release_kind != rules.ReleaseKind.ANNULLED else ""
    return {
        "entry_kind": rows[0].detail or custody.entry_kind,
        "admitted_on": episode.admitted_on,
        "facility_id": int(place) if place is not None else None,
        "absence": str(absence.kind) if absence else "",
        "absent_since": absence.period.start if absence else None,
        "released_on": episode.released_on,
        "release_kind": (episode.release_kind or kept) if episode.released_on is not None else "",
    }


def already_recorded(by: Reader, person_code: str, step: Step, *, same: Sequence[str]) -> bool:
    """True when the movement came before with the same key and says the same; then there is nothing to do.

    `same` names the columns compared. Refused when the key came with other content; NotFound when the reader had
    nothing to do with the places of that movement.
    """
    if not step.source_key:
        return False
    # Under the person's lock a second delivery waits for the first one and finds it.
    person = Person.objects.filter(code=person_code).first()
    owner = (person.merged_into_id or person.pk) if person is not None else None
    if owner is not None:
        Person.objects.select_for_update().filter(pk=owner).first()
    row = Movement.objects.filter(source_key=step.source_key).select_related("custody").first()
    if row is None:
        return False
    allowed = territory.facility_ids(by)
    if allowed is not None and not {row.from_facility_id, row.to_facility_id} & set(allowed):
        raise NotFound
    wanted = step.values()
    if row.custody.person_id != owner or any(getattr(row, name) != wanted[name] for name in same):
        message = _("Ese movimiento ya llegó con otros datos: la clave [%(key)s] no puede repetirse.")
        message %= {"key": step.source_key}
        raise Refused(message, fields={"source_key": message})
    ledger.nothing_to_do("el movimiento ya estaba registrado")
    return True


def announce(
    act: str, plan: Plan, *, place: str, reason: str, before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    """The entry of a movement in the ledger, which announces it; `late` when later ones were recorded before."""
    ledger.record(
        act=act,
        subject=("person", plan.person.code),
        place=place,
        reason=reason,
        before=before,
        after={**after, **({"late": True} if plan.late else {})},
    )


def moment(on: date, at: time | None) -> dict[str, object]:
    """A day and its hour, where it is known, as the ledger writes them."""
    said: dict[str, object] = {"on": on.isoformat()}
    return said if at is None else said | {"at": at.isoformat("minutes")}


def short(text: str) -> str:
    """What the movement itself keeps of the document that sustains it; the ledger keeps it whole."""
    return text.strip()[:MAX_NOTE]
