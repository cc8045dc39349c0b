"""What people are found by: the words of their names as they sound, the vocabulary of the register, and aliases."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import MAX_WORD, AliasKind


class NameKey(models.Model):
    """One word of the names a person has or had, with its sound. Derived: `commands.names` and bulk writers make it.

    A duplicate that was merged has none: its words lead to the record that goes on. The key is the index of the
    search: the people of one sound stand in the order of the list, and one person's word is one seek away. Without a
    database constraint on the person: four rows a person, rewritten at will.
    """

    pk = models.CompositePrimaryKey("sound", "person_id", "word")
    sound = models.CharField(max_length=MAX_WORD)
    person = models.ForeignKey(
        Person, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    word = models.CharField(max_length=MAX_WORD)

    class Meta:
        constraints = [models.CheckConstraint(name="namekey_not_empty", condition=~Q(sound="") & ~Q(word=""))]

    def __str__(self) -> str:
        return f"{self.word} [{self.sound}] {self.person_id}"


class NameWord(models.Model):
    """Every word that names of the register have, once: where beginnings and misspelt words are looked up.

    Words stay when the last person who had them goes: a word without people finds nobody.
    """

    word = models.CharField(max_length=MAX_WORD, primary_key=True)
    sound = models.CharField(max_length=MAX_WORD)

    class Meta:
        constraints = [models.CheckConstraint(name="nameword_not_empty", condition=~Q(sound="") & ~Q(word=""))]
        indexes = [models.Index(fields=["sound"], name="nameword_sound")]

    def __str__(self) -> str:
        return f"{self.word} [{self.sound}]"


class Alias(models.Model):
    """A name that a person also goes by, and who says so (Regl. CEP art. 45). Closed when an error, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    kind = models.CharField(max_length=8)
    given_names = models.CharField(max_length=120, blank=True)
    first_surname = models.CharField(max_length=80, blank=True)
    second_surname = models.CharField(max_length=80, blank=True)
    nickname = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of("alias_kind_known", "kind", AliasKind),
            models.CheckConstraint(
                name="alias_nickname_or_names",
                condition=Q(kind="nickname", given_names="", first_surname="", second_surname="") & ~Q(nickname="")
                | Q(kind__in=["aka", "document"], nickname="")
                & ~Q(given_names="", first_surname="", second_surname=""),
            ),
            models.CheckConstraint(name="alias_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="alias_not_ended_before_start", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint(
                name="alias_once_while_open",
                fields=["person", "kind", "given_names", "first_surname", "second_surname", "nickname"],
                condition=Q(valid_to=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.nickname or self.first_surname or self.given_names}"
