"""The offence catalogue in people's hands: dated changes, what the file may not undo, and what files read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from creo.register import commands, queries, rules
from creo.register.commands import OffenceValues
from creo.register.models import Offence, OffenceFamilyPeriod
from creo.register.queries import CatalogueFilters
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
NEW = OffenceValues("L-99999-1", "L 99999", "1", "Delito de prueba", True, "Ley de prueba")
MANAGER = BY


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    commands.load_offences(by=BY)


def refused(act: Callable[[], object], *words: str) -> None:
    before = (Entry.objects.count(), Offence.objects.count(), OffenceFamilyPeriod.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    text = " ".join(refusal.value.messages)
    for word in words:
        assert word in text, (word, refusal.value.messages)
    assert (Entry.objects.count(), Offence.objects.count(), OffenceFamilyPeriod.objects.count()) == before


def family(code: str, to: str, on: date | None = None, reason: str = "Acta") -> None:
    commands.change_offence_family(by=MANAGER, offence_code=code, family=to, on=on, reason=reason, today=TODAY)


def aliases(code: str, *words: str, attempt: tuple[str, ...] = (), reason: str = "Lista") -> None:
    commands.change_offence_aliases(
        by=MANAGER, offence_code=code, aliases=words, attempt_aliases=attempt, reason=reason
    )


def validity(code: str, start: date | None, end: date | None, reason: str = "Ley") -> None:
    commands.change_offence_validity(by=MANAGER, offence_code=code, valid_from=start, valid_to=end, reason=reason)


def mapped(code: str, as_of: date) -> str:
    return next(row.family for row in queries.catalogue(BY, CatalogueFilters(as_of)) if row.code == code)


# The mapping ----------------------------------------------------------------------------------------------------------


def test_the_mapping_of_a_past_day_stays_what_it_was() -> None:
    family("CP-189", "PUBLIC_SAFETY", date(2026, 6, 1))
    family("CP-189", "LIBERTY", date(2026, 9, 1))
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1))
    assert [mapped("CP-189", day) for day in days] == ["PROPERTY", "PUBLIC_SAFETY", "PUBLIC_SAFETY", "LIBERTY"]
    periods = queries.offence_sheet(BY, "CP-189", TODAY).families
    assert [(row.family, row.valid_from, row.valid_to) for row in periods] == [
        ("LIBERTY", date(2026, 9, 1), None),
        ("PUBLIC_SAFETY", date(2026, 6, 1), date(2026, 9, 1)),
        ("PROPERTY", None, date(2026, 6, 1)),
    ]
    entry = Entry.objects.latest("id")
    assert (entry.subject_kind, entry.subject_code, entry.reason) == ("offence", "CP-189", "Acta")
    assert entry.before == {"family": "PUBLIC_SAFETY", "since": "2026-06-01"}


def test_a_family_that_was_wrong_never_ruled() -> None:
    family("CP-189", "PUBLIC_SAFETY")
    assert mapped("CP-189", date(2000, 1, 1)) == "PUBLIC_SAFETY"
    assert not OffenceFamilyPeriod.objects.exists()


def test_a_mapping_that_cannot_be_is_refused() -> None:
    family("CP-189", "LIBERTY", date(2026, 6, 1))
    refused(lambda: family("CP-189", "OTRA", date(2026, 5, 1), ""), "[OTRA]", "no puede empezar antes", "motivo")
    refused(lambda: family("CP-189", "", None), "Elija una familia")
    refused(lambda: family("CP-189", "PROPERTY", TODAY + timedelta(1)), "posterior")
    entries = Entry.objects.count()
    family("CP-189", "LIBERTY", TODAY)
    assert Entry.objects.count() == entries
    with pytest.raises(NotFound):
        family("CP-0", "LIBERTY")


# Titles and validity --------------------------------------------------------------------------------------------------


def test_a_new_title_is_found_in_files_from_then_on() -> None:
    assert rules.OffenceIndex(queries.offence_entries()).find("Atraco a mano armada").code is None
    aliases("CP-189", "ROBO AGRAVADO", "Atraco a mano armada", " atraco A MANO armada ", attempt=("Atraco frustrado",))
    index = rules.OffenceIndex(queries.offence_entries())
    assert index.find("ATRACO A MANO ARMADA").code == "CP-189"
    assert index.find("atraco frustrado").attempt is True
    assert Offence.objects.get(code="CP-189").aliases == ["ROBO AGRAVADO", "Atraco a mano armada"]
    aliases("CP-189")
    assert rules.OffenceIndex(queries.offence_entries()).find("atraco frustrado").code is None


def test_a_title_that_would_name_two_offences_is_refused() -> None:
    refused(lambda: aliases("CP-189", "robo simple", reason=""), "ya es de [CP-188]", "motivo")
    refused(lambda: aliases("CP-189", "Asalto", attempt=("ASALTO",)), "no puede decir tentativa y no decirla")
    refused(lambda: aliases("CP-111", attempt=("Casi",)), "no admite tentativa")
    refused(lambda: aliases("CP-189", "¿?"), "ninguna letra")
    refused(lambda: aliases("CP-189", "x" * 201), "200 letras")


def test_a_title_of_an_offence_that_ended_before_is_free() -> None:
    old = Offence.objects.get(code="CP-188")
    validity("CP-188", old.valid_from, date(1995, 1, 1))
    validity("CP-189", date(1995, 1, 1), None)
    aliases("CP-189", old.title)
    found = rules.OffenceIndex(queries.offence_entries())
    assert found.find(old.title, date(2000, 1, 1)).code == "CP-189"
    assert found.find(old.title, date(1994, 12, 31)).code == "CP-188"


def test_an_offence_is_retired_and_never_deleted() -> None:
    validity("CP-189", date(1991, 4, 9), date(2026, 6, 1))
    states = {
        state: any(row.code == "CP-189" for row in queries.catalogue(BY, CatalogueFilters(TODAY, state=state)))
        for state in ("", "in_force", "retired", "edited", "unmapped")
    }
    assert states == {"": True, "in_force": False, "retired": True, "edited": True, "unmapped": False}
    earlier = queries.catalogue(BY, CatalogueFilters(date(2026, 5, 31), state="in_force"))
    assert any(row.code == "CP-189" for row in earlier)
    refused(lambda: validity("CP-189", TODAY, TODAY, ""), "termina antes", "motivo")
    validity("CP-189", date(1991, 4, 9), None)
    assert len(queries.offence_sheet(BY, "CP-189", TODAY).history) == 2


# New entries ----------------------------------------------------------------------------------------------------------


def test_an_entry_without_family_waits_to_be_mapped() -> None:
    code = commands.add_catalogue_offence(by=MANAGER, offence=replace(NEW, code=" l-99999-1 "), reason="Oficio")
    assert code == "L-99999-1"
    assert [row.code for row in queries.catalogue(BY, CatalogueFilters(TODAY, state="unmapped"))] == [code]
    family(code, "PROPERTY", date(2026, 6, 1))
    assert mapped(code, TODAY) == "PROPERTY"
    assert queries.catalogue(BY, CatalogueFilters(TODAY, state="unmapped")) == ()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "CP-189"}, ("ya está en el catálogo",)),
        ({"code": "CP 189"}, ("letras, números y guiones",)),
        ({"code": ""}, ("letras, números y guiones",)),
        ({"law": "", "article": " ", "title": "", "source": ""}, ("ley", "artículo", "denominación", "fuente")),
        ({"family": "OTRA"}, ("[OTRA]",)),
        ({"valid_from": TODAY, "valid_to": TODAY}, ("termina antes",)),
        ({"predecessor": "CP-0"}, ("[CP-0]",)),
    ],
)
def test_an_entry_that_cannot_be_is_refused(values: dict[str, Any], words: tuple[str, ...]) -> None:
    offence = replace(NEW, **values)
    refused(lambda: commands.add_catalogue_offence(by=MANAGER, offence=offence, reason=""), "motivo", *words)


# The file and people --------------------------------------------------------------------------------------------------


def test_a_later_load_does_not_undo_what_people_changed() -> None:
    family("CP-189", "LIBERTY", date(2026, 6, 1))
    aliases("CP-298", "Microcomercialización", "Venta al menudeo")
    validity("CP-186", date(1991, 4, 9), date(2027, 1, 1))
    Offence.objects.filter(code="CP-189").update(title="Otro")
    report = commands.load_offences(by=BY)
    assert report.changed == ("CP-189",)
    assert set(report.edited) == {"CP-186", "CP-189", "CP-298"}
    row = Offence.objects.get(code="CP-189")
    assert (row.title, row.family) == ("Robo agravado", "LIBERTY")
    assert "Venta al menudeo" in Offence.objects.get(code="CP-298").aliases
    assert Offence.objects.get(code="CP-186").valid_to == date(2027, 1, 1)
    assert commands.load_offences(by=BY).changed == ()
    difference = queries.offence_sheet(BY, "CP-189", TODAY).differences
    assert [(item.field, item.ours, item.file) for item in difference] == [("family", "LIBERTY", "PROPERTY")]


def test_an_entry_that_people_added_is_not_overwritten_when_the_file_brings_it() -> None:
    commands.add_catalogue_offence(by=MANAGER, offence=NEW, reason="Oficio")
    theirs = replace(rules.catalogue()[0], code="L-99999-1", title="Otro nombre", predecessor="")
    report = commands.load_offences(by=BY, entries=[theirs])
    assert report.changed == ("L-99999-1",)
    row = Offence.objects.get(code="L-99999-1")
    assert (row.title, row.law) == ("Delito de prueba", "L 99999")
    assert row.aliases == list(theirs.aliases)


def test_a_file_whose_dates_contradict_an_edited_one_waits() -> None:
    validity("CP-189", date(1991, 4, 9), date(1995, 1, 1))
    Offence.objects.filter(code="CP-189").update(edited=["valid_to"])
    theirs = replace(next(entry for entry in rules.catalogue() if entry.code == "CP-189"), valid_from=date(2000, 1, 1))
    assert commands.load_offences(by=BY, entries=[theirs]).changed == ()
    assert Offence.objects.get(code="CP-189").valid_from == date(1991, 4, 9)


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"), [("robo agr", "CP-189"), ("189", "CP-189"), ("MICROCOM", "CP-298"), ("dl-25475-2", "DL-25475-2")]
)
def test_offences_are_found_by_the_beginning_of_their_words(text: str, code: str) -> None:
    assert code in [row.code for row in queries.catalogue(BY, CatalogueFilters(TODAY, text=text))]
    assert queries.catalogue(BY, CatalogueFilters(TODAY, text=f"{text} zzz")) == ()


def test_a_family_narrows_the_list_as_it_was_on_the_day() -> None:
    family("CP-189", "LIBERTY", date(2026, 6, 1))
    for day, wanted, there in (
        (TODAY, "LIBERTY", True),
        (TODAY, "PROPERTY", False),
        (date(2026, 5, 1), "PROPERTY", True),
    ):
        rows = queries.catalogue(BY, CatalogueFilters(day, family=wanted))
        assert any(row.code == "CP-189" for row in rows) is there


def test_who_has_an_offence_is_counted_in_the_readers_scope_and_only_for_who_sees_people() -> None:
    cast = make.cast()
    commands.add_offence(
        by=BY, person_code=cast.ana, offence_code="CP-189", attempt=None, on=None, reason="Auto", today=TODAY
    )
    national = queries.offence_sheet(BY, "CP-189", TODAY)
    assert (national.held, national.held_main) == (3, 2)
    assert queries.offence_sheet(cast.official_of_tumbes, "CP-189", TODAY).held == 0
    reader = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PROGRAMME}))
    assert queries.offence_sheet(reader, "CP-189", TODAY).held is None
    with pytest.raises(NotFound):
        queries.offence_sheet(BY, "CP-0", TODAY)


def test_the_catalogue_needs_its_permissions() -> None:
    looker = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PROGRAMME, Permission.EDIT_PEOPLE}))
    acts: list[Callable[[], object]] = [
        lambda: commands.add_catalogue_offence(by=looker, offence=NEW, reason="x"),
        lambda: commands.change_offence_family(
            by=looker, offence_code="CP-189", family="LIBERTY", on=None, reason="x", today=TODAY
        ),
        lambda: commands.change_offence_aliases(
            by=looker, offence_code="CP-189", aliases=(), attempt_aliases=(), reason="x"
        ),
        lambda: commands.change_offence_validity(
            by=looker, offence_code="CP-189", valid_from=None, valid_to=None, reason="x"
        ),
        lambda: queries.catalogue(reader_at(permissions=frozenset()), CatalogueFilters(TODAY)),
        lambda: queries.offence_sheet(reader_at(permissions=frozenset()), "CP-189", TODAY),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_the_catalogue_rules_in_the_whole_country_and_a_prison_does_not_change_it() -> None:
    here = reader_at("EP-PIURA")
    with pytest.raises(Forbidden, match="todo el país"):
        commands.add_catalogue_offence(by=here, offence=NEW, reason="x")
    with pytest.raises(Forbidden, match="todo el país"):
        commands.change_offence_family(
            by=here, offence_code="CP-189", family="LIBERTY", on=None, reason="x", today=TODAY
        )
