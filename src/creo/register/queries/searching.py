"""What a search asks for, level by level, and how it is found: the rarest word drives, the others are probed.

Levels, strictest first: an identifier (code, document, reference elsewhere); whole words of names, in any order;
words that begin names; words that sound alike; one slip of the hand. The strictest that finds somebody answers.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, Max, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Concat

from creo.register import rules
from creo.register.models import Alias, Custody, Identity, NameKey, NameWord, Person

IDENTIFIER, WORDS, BEGINNINGS, SOUND, SLIP = "identifier", "words", "beginnings", "sound", "slip"
LEVELS = (IDENTIFIER, WORDS, BEGINNINGS, SOUND, SLIP)

MANY = 5_000
"""Up to here uses of a word are counted: beyond, how common it is no longer matters."""
MANY_WORDS = 1_500
"""A beginning with more words of the vocabulary is looked for in the names themselves: one person in ten has one."""
FEW = 200
"""So few people drive a search whatever its words."""
FEW_SOUNDS = 30
"""Up to here each is probed, person by person; more are looked for in the names themselves."""
STRIDE = 50
"""The part of all keys that a stride over many sounds begins with."""
SHORTEST_SLIP = 3
"""Shorter sounds have no slips: everything would be one."""

LETTERS_OF_A_DOCUMENT = 3
"""A longer word without digits is no part of a document number."""
DNI_LENGTH = len(rules.DNI_WEIGHTS)
"""Zeros that a DNI lost on its left are put back."""

_APOSTROPHES = "['’‘ʼ`´′]?"
_VARIANTS = {
    "a": "aàáâãäåā", "c": "cçć", "e": "eèéêëē", "i": "iìíîïī", "n": "nñń", "o": "oòóôõöøō", "u": "uùúûüū", "y": "yýÿ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to search, read: the whole of it as an identifier, the words of names, and words with digits."""

    text: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """True when there is nothing to look for."""
        return not self.text


def read(text: str) -> Asked:
    """What somebody typed: «quispe 4521» is a word and a number that begins a document."""
    text = " ".join(text.split())
    parts = text.split()
    digits = [part for part in parts if any(char.isdigit() for char in part)]
    names = rules.name_words(" ".join(part for part in parts if part not in digits))
    return Asked(text, tuple(names), tuple(dict.fromkeys(digits)))


# Conditions on one person ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """One word as a level looks it up: sounds, narrowed to words or a beginning; without sounds, names themselves."""

    sounds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    beginning: str = ""

    @property
    def rows(self) -> Q:
        """The condition on NameKey."""
        found = Q(sound=self.sounds[0]) if self.ordered else Q(sound__in=_listed(self.sounds))
        if self.beginning:
            return found & _range(self.beginning)
        return found & Q(word=self.words[0]) if self.words else found

    @property
    def ordered(self) -> bool:
        """True when the index gives its people in the order of the list."""
        return len(self.sounds) == 1

    def condition(self) -> Q:
        """That the person of the outer query has such a word."""
        if self.beginning and not 0 < len(self.sounds) <= FEW_SOUNDS:
            return _begins(self.beginning)
        return probe(NameKey.objects.filter(self.rows, person_id=OuterRef("person_id")))

    def joined(self) -> Q:
        """The same beside a common word: PostgreSQL reads both in one order, which is faster than a probe for each."""
        if connection.vendor != "postgresql":
            return self.condition()
        return Q(Exists(NameKey.objects.filter(self.rows, person_id=OuterRef("person_id"))))


def _listed(sounds: Sequence[str]) -> Any:
    """Sounds for IN: on SQLite many go as one value, which spares writing and reading a mark for each."""
    if connection.vendor == "sqlite" and len(sounds) > FEW_SOUNDS:
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(sounds)])
    return sounds


def probe(rows: QuerySet[Any, Any]) -> Q:
    """That there is such a row, asked person by person: never joined, never hashed, whatever the planner thinks."""
    # PostgreSQL turns a bare EXISTS into a join and may read a million rows for the first fifty; not inside COALESCE.
    return Q(Coalesce(Exists(rows), False))


def met(rows: QuerySet[Any, Any]) -> Q:
    """The same of rows that many people have: PostgreSQL reads both in one order, and would else hash all of them."""
    return Q(Exists(rows)) if connection.vendor == "postgresql" else probe(rows)


def _begins(word: str) -> Q:
    """That some name of the person has a word that begins so, read from the names."""
    letters = [f"[{_VARIANTS.get(char, re.escape(char))}][̀-ͯ]?" for char in word]
    pattern = r"(?<![\w'’‘ʼ`´′])(de(la|los|las)(?=\w\w\w\w))?" + _APOSTROPHES.join(letters)
    names = Concat("given_names", Value(" "), "first_surname", Value(" "), "second_surname")
    identities = Identity.objects.alias(names=names).filter(names__iregex=pattern)
    aliases = Alias.objects.alias(names=Concat(names, Value(" "), "nickname")).filter(names__iregex=pattern)

    def said_of(key: str) -> Q:
        return probe(identities.filter(_same(key))) | probe(aliases.filter(_same(key)))

    merged = Person.objects.filter(said_of("pk"), merged_into=OuterRef("person_id"))
    return said_of("person_id") | probe(merged)


def _same(key: str) -> Q:
    """The same person as outside, said so that PostgreSQL cannot hash it: it would match the names of the nation."""
    if connection.vendor == "postgresql":
        return Q(person_id__gte=OuterRef(key), person_id__lte=OuterRef(key))
    return Q(person_id=OuterRef(key))


def _numbered(number: str) -> tuple[set[int] | None, Q]:
    """Who has a document, present or earlier, that begins so, or this very word in a name; None when they are many.

    Beside them, the same as a condition on one person.
    """
    code = rules.read_person_code(number)
    if code:
        key = int(code.removeprefix("P-"))
        return {key}, Q(person_id=key)
    begins = _document_begins(rules.clean_number(number))
    condition = probe(Identity.objects.filter(begins, person_id=OuterRef("person_id")))
    condition |= probe(Identity.objects.filter(begins, person__merged_into=OuterRef("person_id")))
    words = Q()
    for sound, word in rules.name_keys(number):
        term = Term((sound,), (word,))
        words |= term.rows
        condition |= term.condition()
    owners = _owners(Identity.objects.filter(begins))
    named = NameKey.objects.filter(words).values_list("person_id", flat=True) if words else None
    keys = set((owners.union(named) if named is not None else owners)[:MANY])
    return (keys if len(keys) < MANY else None), condition


def _document_begins(number: str) -> Q:
    """With a range beside the beginning, which the index of documents serves in any collation."""
    begins = ~Q(document_number="") & Q(document_number__gte=number, document_number__startswith=number)
    last = number.rstrip("9Z")
    if last and last[-1].isascii() and last[-1].isalnum():
        return begins & Q(document_number__lt=last[:-1] + chr(ord(last[-1]) + 1))
    return begins


# Terms of each level ---------------------------------------------------------------------------------------


def terms(asked: Asked, level: str) -> list[list[Term]]:
    """What each level looks up: alternatives, each with every word of the search. Empty when nobody can have them."""
    if not asked.words:
        return []
    match level:
        case "words":
            known = NameWord.objects.filter(word__in=asked.words).count() == len(asked.words)
            return [[Term((rules.sound(word),), (word,)) for word in asked.words]] if known else []
        case "beginnings":
            found = [_beginning(word) for word in asked.words]
            return [[term for term in found if term is not None]] if None not in found else []
        case "sound":
            keys = _sounds(asked)
            known = NameWord.objects.filter(sound__in=keys).values("sound").distinct().count() == len(keys)
            return [[Term((key,)) for key in keys]] if known else []
        case "slip":
            return _slips(_sounds(asked))
    raise ValueError(f"Nivel de búsqueda desconocido: [{level}].")


def _sounds(asked: Asked) -> list[str]:
    return list(dict.fromkeys(rules.sound(word) for word in asked.words))


def _beginning(word: str) -> Term | None:
    """The words of the vocabulary that begin so, with their sounds."""
    rows = list(NameWord.objects.filter(_range(word)).values_list("sound", flat=True)[: MANY_WORDS + 1])
    if not rows:
        return None
    if len(rows) > MANY_WORDS:
        return Term(beginning=word)
    return Term(tuple(sorted(set(rows))), beginning=word)


def _range(word: str) -> Q:
    """Words that begin so, as the index of each engine reads them."""
    if connection.vendor == "postgresql":
        return Q(word__startswith=word)
    return Q(word__gte=word, word__lt=word + "\U0010ffff")


def _slips(sounds: Sequence[str]) -> list[list[Term]]:
    """Words that nobody has may have a slip, each; when somebody has each of them, any one of them may."""
    near = {key: (key, *(rules.one_slip(key) if len(key) >= SHORTEST_SLIP else ())) for key in sounds}
    wanted = {key for keys in near.values() for key in keys}
    known = set(NameWord.objects.filter(sound__in=wanted).values_list("sound", flat=True).distinct())
    near = {key: tuple(one for one in keys if one in known) for key, keys in near.items()}
    if not all(near.values()):
        return []
    unknown = [key for key in sounds if key not in known]
    if unknown:
        return [[Term(near[key] if key in unknown else (key,)) for key in sounds]]
    return [[Term(near[key] if key == slipped else (key,)) for key in sounds] for slipped in sounds]


# People ---------------------------------------------------------------------------------------


class Strides:
    """The people of many sounds, in order: read in strides over the keys, each sorted, until there are enough.

    A stride is a few seeks for each sound; sorting all the people of every sound would read half the register.
    """

    def __init__(
        self,
        rows: QuerySet[Any, Any],
        beside: Sequence[QuerySet[Any, Any]] = (),
        field: str = "person_id",
        begins: int | None = None,
    ) -> None:
        self._rows, self._beside, self._field, self._begins = rows, beside, field, begins

    def order_by(self, field: str) -> Strides:
        """By person, rising or falling."""
        return Strides(self._rows, self._beside, field, self._begins)

    def filter(self, condition: Q) -> Strides:
        """Only those beyond a place: `person_id` greater or less than one."""
        ((_name, place),) = cast("list[tuple[str, int]]", condition.children)
        return Strides(self._rows, self._beside, self._field, place)

    def __getitem__(self, part: slice) -> list[dict[str, int]]:
        last = _last_person()
        falling = self._field.startswith("-")
        place = self._begins if self._begins is not None else (last + 1 if falling else 0)
        stride = last // STRIDE + 1
        found: list[dict[str, int]] = []
        while len(found) < part.stop and (place > 1 if falling else place < last):
            if falling:
                span = Q(person_id__lt=place, person_id__gte=place - stride)
            else:
                span = Q(person_id__gt=place, person_id__lte=place + stride)
            wanted = part.stop - len(found)
            here = list(self._within(span).order_by(self._field)[:wanted])
            found += here
            place += -stride if falling else stride
            # As wide as what was found here says the rest needs; eight times wider at most.
            stride = min(8 * stride, (wanted - len(here)) * stride // max(1, len(here)) + stride // 8 + 1)
        return found

    def _within(self, span: Q) -> QuerySet[Any, Any]:
        rows = self._rows.filter(span)
        for words in self._beside:
            # Read once and hashed: inside COALESCE PostgreSQL does not turn it into a loop.
            among = ExpressionWrapper(Q(person_id__in=words.filter(span)), BooleanField())
            rows = rows.filter(Coalesce(among, False))
        return rows

    def iterator(self) -> Iterator[dict[str, int]]:
        """All of them."""
        return iter(self._within(Q()).order_by("person_id").iterator())

    def count(self) -> int:
        """All of them, counted."""
        return int(self._within(Q()).order_by().count())


def _last_person() -> int:
    return Person.objects.aggregate(last=Max("pk"))["last"] or 0


class Hits:
    """The keys of people found, in the order of the list: what Keyset asks of a queryset, over one or more of them.

    Several alternatives are read each to the end of the page and joined: the database would sort them all.
    """

    def __init__(self, alternatives: Sequence[Any], *, falling: bool = False) -> None:
        self._alternatives, self._falling = alternatives, falling

    def order_by(self, field: str) -> Hits:
        """By person, rising or falling («-person_id»)."""
        return Hits([rows.order_by(field) for rows in self._alternatives], falling=field.startswith("-"))

    def filter(self, condition: Q) -> Hits:
        """Only those beyond a place."""
        return Hits([rows.filter(condition) for rows in self._alternatives], falling=self._falling)

    def __getitem__(self, part: slice) -> list[dict[str, int]]:
        found = [list(rows[part]) for rows in self._alternatives]
        if len(found) == 1:
            return found[0]
        joined = heapq.merge(*([row["person_id"] for row in rows] for rows in found), reverse=self._falling)
        return [{"person_id": key} for key in list(dict.fromkeys(joined))[part]]

    def count(self) -> int:
        """All of them, counted."""
        if len(self._alternatives) == 1:
            return int(self._alternatives[0].count())
        return len({row["person_id"] for rows in self._alternatives for row in rows.iterator()})

    def first(self, most: int) -> list[int]:
        """The first keys."""
        return [row["person_id"] for row in self.order_by("person_id")[:most]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What filters and scope leave: a condition on `person_id`, and the prisons it is limited to (None: no limit)."""

    condition: Q
    facility_ids: Collection[int] | None = None


def hits(asked: Asked, level: str, narrowing: Narrowing) -> Hits:
    """Who answers a search at a level, among those that scope and filters leave."""
    if level == IDENTIFIER:
        return Hits([_identified(asked, narrowing)])
    if asked.words:
        alternatives = terms(asked, level)
        numbers = [_numbered(number) for number in asked.numbers] if alternatives else []
        return Hits([_driven(each, numbers, narrowing) for each in alternatives])
    if level == WORDS and asked.numbers:
        keys = rules.name_keys(*asked.numbers)
        return Hits([_driven([Term((sound,), (word,)) for sound, word in keys], [], narrowing)] if keys else [])
    if level == BEGINNINGS and len(asked.numbers) == 1:
        begins = _document_begins(rules.clean_number(asked.numbers[0]))
        return Hits([_within(_owners(Identity.objects.filter(begins)), narrowing)])
    return Hits([])


def _identified(asked: Asked, narrowing: Narrowing) -> QuerySet[Identity, Any]:
    """By code, document number or reference: a handful of keys, found one by one."""
    keys: set[int] = set()
    code = rules.read_person_code(asked.text)
    if code:
        number = int(code.removeprefix("P-"))
        keys |= _owner_keys(Identity.objects.filter(person_id=number))
    document = rules.clean_number(asked.text)
    short = all(len(word) <= LETTERS_OF_A_DOCUMENT for word in asked.words)
    if short and any(char.isdigit() for char in document):
        written = {document, document.zfill(DNI_LENGTH)} if document.isdigit() else {document}
        keys |= _owner_keys(Identity.objects.filter(~Q(document_number=""), document_number__in=written))
    if asked.numbers:
        keys |= _referred(asked.text)
    return _within(keys, narrowing)


# Every source, one after another by the index, and the reference in each: sources are few, references a million.
_REFERRED = """
WITH RECURSIVE listed(source) AS (
    SELECT MIN(source) FROM register_personreference
    UNION ALL
    SELECT (SELECT MIN(r.source) FROM register_personreference r WHERE r.source > listed.source)
      FROM listed WHERE listed.source IS NOT NULL
)
SELECT COALESCE(p.merged_into_id, p.id)
  FROM listed CROSS JOIN register_personreference r CROSS JOIN register_person p
 WHERE r.source = listed.source AND r.reference IN (%s, %s) AND p.id = r.person_id
"""


def _referred(text: str) -> set[int]:
    """By the reference that any source has for the person."""
    with connection.cursor() as cursor:
        cursor.execute(_REFERRED, [text, text.upper()])
        return {key for (key,) in cursor.fetchall()}


def _owners(rows: QuerySet[Identity, Any]) -> QuerySet[Identity, Any]:
    return rows.order_by().values_list(Coalesce("person__merged_into_id", "person_id"), flat=True)


def _owner_keys(rows: QuerySet[Identity, Any]) -> set[int]:
    return set(_owners(rows))


def _within(keys: Any, narrowing: Narrowing) -> QuerySet[Identity, Any]:
    rows = Identity.objects.filter(narrowing.condition, valid_to=None, person_id__in=keys)
    return rows.order_by().values("person_id").distinct()


Numbered = tuple[set[int] | None, Q]


def _driven(words: Sequence[Term], numbers: Sequence[Numbered], narrowing: Narrowing) -> QuerySet[Any, Any] | Strides:
    """The people to read in order, with everything else probed: of a document, of the rarest word, or of a prison."""
    counted = [term for term in words if term.sounds]
    few = min((keys for keys, _condition in numbers if keys is not None), key=len, default=None)
    if few is not None and len(few) <= FEW:
        counted = []
    uses = dict(zip(counted, _uses(counted), strict=True)) if _must_count(counted, numbers, narrowing) else {}
    driver = min(counted, key=lambda term: (uses.get(term, 0), not term.ordered), default=None)
    rows: QuerySet[Any, Any]
    if few is not None and (driver is None or len(few) <= uses[driver]):
        rows, driver = Identity.objects.filter(valid_to=None, person_id__in=few), None
    elif narrowing.facility_ids is not None and _prison_drives(driver, uses, narrowing.facility_ids):
        rows = Custody.objects.filter(facility_id__in=list(narrowing.facility_ids), released_on=None)
        driver = None
    elif driver is not None:
        rows = NameKey.objects.filter(driver.rows)
    else:
        rows = Identity.objects.filter(valid_to=None)
    others = sorted((term for term in words if term is not driver), key=lambda term: uses.get(term, 0))
    common = driver is not None and uses.get(driver, 0) >= MANY
    # Of a common word, other words with many sounds are read stride by stride beside it; of a rare one, probed.
    # PostgreSQL takes several for few, and would read all their people before the first one.
    few_sounds = 1 if connection.vendor == "postgresql" else FEW_SOUNDS
    beside = [term for term in others if common and len(term.sounds) > few_sounds]
    probed = [term.joined() if common and term.ordered else term.condition() for term in others if term not in beside]
    for condition in (*probed, *(condition for _keys, condition in numbers), narrowing.condition):
        rows = rows.filter(condition)
    rows = rows.order_by().values("person_id").distinct()
    strides = common and driver is not None and (beside or not driver.ordered)
    return (
        Strides(rows, [NameKey.objects.filter(term.rows).values("person_id") for term in beside]) if strides else rows
    )


def _must_count(counted: Sequence[Term], numbers: Sequence[Numbered], narrowing: Narrowing) -> bool:
    """Counting is worth it when there is something to choose."""
    choices = len(counted) > 1 or numbers or narrowing.facility_ids is not None
    return bool(choices) or any(not term.ordered for term in counted)


def _prison_drives(driver: Term | None, uses: Mapping[Term, int], facility_ids: Collection[int]) -> bool:
    """True when the prisons hold fewer people than the driving word has, or none drives."""
    if driver is None:
        return True
    held = Custody.objects.filter(facility_id__in=list(facility_ids), released_on=None)
    few = held.values("pk")[:MANY].count()
    return few < uses[driver] or (len(facility_ids) == 1 and uses[driver] >= MANY)


def _uses(counted: Sequence[Term]) -> list[int]:
    """How many rows each term has: counted up to MANY, and from there judged by those of the first keys."""
    rows = [NameKey.objects.filter(term.rows).values("person_id") for term in counted]
    uses = _counts([some[:MANY] for some in rows])
    many = [place for place, number in enumerate(uses) if number >= MANY]
    if len(many) > 1:
        first = _last_person() // STRIDE
        for place, number in zip(
            many, _counts([rows[place].filter(person_id__lte=first) for place in many]), strict=True
        ):
            uses[place] = max(MANY, number * STRIDE)
    return uses


def _counts(queries: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """The rows of some queries, in one."""
    if not queries:
        return []
    parts = [rows.query.sql_with_params() for rows in queries]
    sql = " UNION ALL ".join(
        f"SELECT {place} AS place, COUNT(*) FROM ({part}) AS counted_rows"
        for place, (part, _params) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _part, params in parts for value in params])
        return [count for _place, count in sorted(cast("list[tuple[int, int]]", cursor.fetchall()))]
