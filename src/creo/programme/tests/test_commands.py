"""Commands of the programme: what they write, what they refuse, and constraints that hold when they are gone around."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from creo.programme import commands, queries, rules
from creo.programme.models import BudgetProgramme, Contradiction, DesignItem, DesignVersion, SourceFact
from creo.programme.tests.factories import DAY, OTHER, SYSTEM, VIEWER, creo, draft, loaded, person
from creo.support import clock
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner():
    return person("alicia", "planner")[1]


@pytest.fixture
def lead():
    return person("bruno", "technical_lead")[1]


class TestLoading:
    def test_the_shipped_design_becomes_rows_that_say_the_same(self):
        row = loaded()
        assert (row.number, row.status, row.valid_from) == (1, "in_force", date(2014, 1, 1))
        version = DesignVersion.objects.get()
        assert rules.design_from_document(version.document) == creo()
        entries = [e for e in creo().entries() if e.kind not in {"contradiction", "fact", "variant"}]
        assert list(DesignItem.objects.order_by("position").values_list("kind", "code")) == [
            (e.kind, e.code) for e in entries
        ]
        assert Contradiction.objects.count() == 54
        assert SourceFact.objects.count() == 114
        assert not DesignItem.objects.filter(lines=[], cites=[]).exclude(kind__in=["design", "model_level"]).exists()

    def test_loading_the_same_design_again_changes_nothing(self):
        loaded()
        before = Entry.objects.count()
        assert commands.load_design(by=SYSTEM, design=creo()) == 1
        assert Entry.objects.count() == before
        assert DesignVersion.objects.count() == 1

    def test_another_content_under_the_same_number_is_refused_with_the_number_to_use(self):
        loaded()
        changed = rules.apply_changes(creo(), [rules.Change("targets/P5/value", "", 50, 60)])
        with pytest.raises(Refused, match="dé al archivo el número 2"):
            commands.load_design(by=SYSTEM, design=changed)

    def test_a_second_file_version_supersedes_the_first_from_its_own_start(self):
        loaded()
        document = rules.apply_changes(creo(), [rules.Change("targets/P5/value", "", 50, 60)]).document()
        document["design"] |= {"number": 2, "valid_from": "2027-01-01"}
        commands.load_design(by=SYSTEM, design=rules.design_from_document(document))
        assert [(v.number, v.status, v.valid_to) for v in queries.versions(SYSTEM)] == [
            (2, "in_force", None),
            (1, "retired", date(2027, 1, 1)),
        ]
        assert queries.in_force(SYSTEM, date(2026, 12, 31)).number == 1
        assert queries.in_force(SYSTEM, date(2027, 1, 1)).number == 2

    def test_another_programme_lives_beside_it(self):
        loaded()
        commands.load_design(by=SYSTEM, design=rules.load_design(OTHER))
        assert [row.code for row in queries.programmes(SYSTEM)] == ["CREO", "RUTAS"]
        assert queries.in_force(SYSTEM, DAY).programme == "CREO"
        assert queries.in_force(SYSTEM, DAY, "RUTAS").number == 3
        assert queries.in_force(SYSTEM, date(2028, 3, 1), "RUTAS") is None

    def test_a_design_that_is_not_in_force_is_not_loaded(self):
        document = creo().document()
        document["design"]["status"] = "draft"
        with pytest.raises(Refused, match="un borrador se crea dentro del sistema"):
            commands.load_design(by=SYSTEM, design=rules.design_from_document(document))

    def test_whoever_may_only_look_loads_nothing(self):
        with pytest.raises(Forbidden):
            commands.load_design(by=VIEWER, design=creo())
        assert not BudgetProgramme.objects.exists()


class TestDrafts:
    def test_a_draft_says_what_its_base_says_until_it_is_changed(self, planner):
        base = loaded()
        number = draft(planner, title="Prueba")
        row = queries.version(planner, number)
        assert (row.number, row.status, row.based_on, row.author_name) == (2, "draft", 1, "Alicia")
        assert row.digest == base.digest
        assert queries.compare(planner, base, row) == []

    def test_a_draft_from_an_alternative_reading_carries_its_ages(self, planner):
        base = loaded()
        row = queries.version(planner, draft(planner, variant="titles"))
        assert row.title == "Títulos de productos: 18 a 29 años"
        paths = [change.path for change in queries.compare(planner, base, row)]
        assert paths == [f"age_bands/{band}/max" for band in ("population", "P1", "P2", "P3", "P4")]

    def test_changing_an_age_band_changes_the_rows_and_is_written_before_and_after(self, planner):
        loaded()
        number = draft(planner)
        changes = commands.change_age_band(by=planner, number=number, band="P1", minimum=18, maximum=29)
        assert [(c.path, c.before, c.after) for c in changes] == [("age_bands/P1/max", 34, 29)]
        texts = DesignItem.objects.filter(version__number=number, kind="product", code="P1").values_list(
            "treated", flat=True
        )
        assert "18 a 29 años" in texts[0]
        entry = Entry.objects.get(act="programme.draft_changed")
        assert entry.subject_code == "CREO/2"
        assert (entry.before, entry.after) == ({"age_bands/P1/max": 34}, {"age_bands/P1/max": 29})

    def test_changing_an_offence_family_changes_who_qualifies(self, planner):
        loaded()
        number = draft(planner)
        commands.change_offence_family(by=planner, number=number, family="PROPERTY", articles=["185-199", "202-208"])
        criteria = queries.criteria(planner, queries.version(planner, number), DAY)
        offence = next(item for item in criteria if item.code == "offence")
        assert not offence.test.answer({"main_article": "200"}, DAY) and offence.test.answer(
            {"main_article": "186"}, DAY
        )

    def test_an_exclusion_can_be_turned_on(self, planner):
        loaded()
        number = draft(planner)
        commands.change_exclusion(by=planner, number=number, exclusion="extortion", active=True)
        codes = [item.code for item in queries.criteria(planner, queries.version(planner, number), DAY)]
        assert "extortion" in codes

    def test_a_target_gets_a_year_and_a_split_that_adds_up(self, planner):
        loaded()
        number = draft(planner)
        split = {"LIMA": 500, "PIURA": 200, "HUANCAYO": 210, "AREQUIPA": 200, "PUCALLPA": 100}
        commands.change_target(by=planner, number=number, target="P4", value=1210, year=2027, split=split)
        target = queries.design(planner, queries.version(planner, number)).targets[0]
        assert (target.year, target.split) == (2027, split)
        commands.change_target(by=planner, number=number, target="P4", value=1210, year=None, split=None)
        target = queries.design(planner, queries.version(planner, number)).targets[0]
        assert (target.year, target.split) == (None, None)

    @pytest.mark.parametrize(
        ("act", "message"),
        [
            (
                lambda by, n: commands.change_age_band(by=by, number=n, band="P1", minimum=34, maximum=18),
                "es mayor que",
            ),
            (lambda by, n: commands.change_age_band(by=by, number=n, band="P9", minimum=1, maximum=2), "no está en el"),
            (
                lambda by, n: commands.change_age_band(by=by, number=n, band="P1", minimum=18, maximum=999),
                "fuera de rango",
            ),
            (
                lambda by, n: commands.change_offence_family(by=by, number=n, family="PROPERTY", articles=["18x"]),
                "no es un artículo ni un rango",
            ),
            (
                lambda by, n: commands.change_offence_family(by=by, number=n, family="PROPERTY", articles=[]),
                "no es del tipo debido",
            ),
            (
                lambda by, n: commands.change_target(
                    by=by, number=n, target="P4", value=10, year=None, split={"LIMA": 10}
                ),
                "El reparto nombra LIMA",
            ),
            (
                lambda by, n: commands.change_target(by=by, number=n, target="P5", value=50, year=1800, split=None),
                "fuera de rango",
            ),
        ],
    )
    def test_a_change_that_leaves_no_valid_design_is_refused_and_nothing_changes(self, planner, act, message):
        base = loaded()
        number = draft(planner)
        with pytest.raises(Refused, match=message):
            act(planner, number)
        assert queries.version(planner, number).digest == base.digest

    def test_a_change_to_what_it_already_says_writes_nothing(self, planner):
        loaded()
        number = draft(planner)
        assert commands.change_age_band(by=planner, number=number, band="P1", minimum=18, maximum=34) == []
        assert not Entry.objects.filter(act="programme.draft_changed").exists()

    def test_what_rules_is_not_changed(self, planner):
        loaded()
        with pytest.raises(Refused, match="no es un borrador"):
            commands.change_age_band(by=planner, number=1, band="P1", minimum=18, maximum=29)

    def test_a_discarded_draft_stays_readable_and_closed(self, planner):
        loaded()
        number = draft(planner)
        commands.discard_draft(by=planner, number=number)
        assert queries.version(planner, number).status == "discarded"
        with pytest.raises(Refused):
            commands.change_age_band(by=planner, number=number, band="P1", minimum=18, maximum=29)
        assert draft(planner) == number + 1

    def test_an_unknown_version_or_reading_is_not_found(self, planner):
        loaded()
        with pytest.raises(NotFound):
            commands.start_draft(by=planner, based_on=9)
        with pytest.raises(Refused, match="lectura alternativa «otra»"):
            draft(planner, variant="otra")


class TestApproval:
    def test_another_person_puts_a_draft_in_force_and_the_former_design_is_history(self, planner, lead):
        loaded()
        number = draft(planner, variant="titles")
        commands.put_in_force(by=lead, number=number, valid_from=date(2027, 1, 1), reason="R.P. de prueba")
        new, old = queries.versions(lead)
        assert (new.status, new.approved_by, new.valid_from) == ("in_force", "Bruno", date(2027, 1, 1))
        assert (old.status, old.valid_to) == ("retired", date(2027, 1, 1))
        assert queries.in_force(lead, DAY).number == 1
        assert queries.design(lead, new).design.status == "in_force"
        assert new.digest == queries.version(lead, number).digest
        entry = Entry.objects.get(act="programme.design_put_in_force")
        assert entry.after["supersedes"] == 1 and entry.reason == "R.P. de prueba"

    def test_nobody_approves_their_own_draft(self, lead):
        loaded()
        number = draft(lead, variant="titles")
        with pytest.raises(Refused, match="debe ponerlo en vigencia otra persona"):
            commands.put_in_force(by=lead, number=number, valid_from=date(2027, 1, 1))
        assert queries.version(lead, number).status == "draft"

    def test_the_system_approves_nothing(self, planner):
        loaded()
        number = draft(planner, variant="titles")
        with pytest.raises(Refused, match="el sistema no aprueba"):
            commands.put_in_force(by=SYSTEM, number=number, valid_from=date(2027, 1, 1))

    def test_whoever_only_edits_cannot_approve(self, planner, lead):
        loaded()
        number = draft(lead, variant="titles")
        with pytest.raises(Forbidden):
            commands.put_in_force(by=planner, number=number, valid_from=date(2027, 1, 1))

    def test_a_draft_without_changes_is_not_approved(self, planner, lead):
        loaded()
        with pytest.raises(Refused, match="dice lo mismo"):
            commands.put_in_force(by=lead, number=draft(planner), valid_from=date(2027, 1, 1))

    @pytest.mark.parametrize("day", [date(2014, 1, 1), date(2010, 1, 1)])
    def test_history_is_not_rewritten(self, planner, lead, day):
        loaded()
        number = draft(planner, variant="titles")
        with pytest.raises(Refused, match="indique un día posterior"):
            commands.put_in_force(by=lead, number=number, valid_from=day)

    def test_the_design_in_force_can_be_retired_with_a_reason(self, planner, lead):
        loaded()
        with pytest.raises(Refused, match="por qué se retira"):
            commands.retire(by=lead, number=1, on=DAY, reason=" ")
        commands.retire(by=lead, number=1, on=DAY, reason="cierre del programa")
        assert queries.in_force(lead, DAY) is None
        number = draft(planner, variant="titles")
        with pytest.raises(Refused, match="rigió otro diseño"):
            commands.put_in_force(by=lead, number=number, valid_from=date(2026, 1, 1))
        commands.put_in_force(by=lead, number=number, valid_from=DAY)
        assert queries.in_force(lead, DAY).number == number

    def test_a_draft_is_not_retired(self, planner, lead):
        loaded()
        with pytest.raises(Refused, match="Solo se retira"):
            commands.retire(by=lead, number=draft(planner), on=DAY, reason="x")


class TestConstraints:
    """The database refuses what no command would write."""

    def broken(self, version: int, /, **fields: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            DesignVersion.objects.filter(number=version).update(**fields)

    def test_two_designs_in_force(self, planner):
        loaded()
        number = draft(planner)
        user = person("carla", "technical_lead")[0]
        self.broken(number, status="in_force", valid_from=DAY, approved_by=user, approved_at=clock.now())

    def test_a_draft_in_force_that_nobody_approved(self, planner):
        loaded()
        number = draft(planner)
        DesignVersion.objects.filter(number=1).update(status="retired", valid_to=DAY)
        self.broken(number, status="in_force", valid_from=DAY)

    def test_maker_and_checker_the_same_person(self):
        loaded()
        user, reader = person("dora", "technical_lead")
        number = draft(reader)
        DesignVersion.objects.filter(number=1).update(status="retired", valid_to=DAY)
        self.broken(number, status="in_force", valid_from=DAY, approved_by=user, approved_at=clock.now())

    @pytest.mark.parametrize(
        "fields",
        [
            {"valid_to": date(2014, 1, 1)},
            {"valid_to": date(2013, 1, 1)},
            {"valid_from": None},
            {"status": "retired"},
            {"status": "vigente"},
            {"origin": "otro"},
            {"approved_at": "2026-01-01T00:00:00Z"},
        ],
    )
    def test_a_version_out_of_shape(self, fields):
        loaded()
        self.broken(1, **fields)

    def test_a_draft_with_a_validity(self, planner):
        loaded()
        self.broken(draft(planner), valid_from=DAY)

    def test_the_same_number_twice(self, planner):
        loaded()
        self.broken(draft(planner), number=1)

    def test_items_contradictions_and_facts_twice_or_of_unknown_severity(self):
        loaded()
        version = DesignVersion.objects.get()
        for table, fields in (
            (DesignItem, {"kind": "product", "code": "P1"}),
            (Contradiction, {"code": "C-01"}),
            (SourceFact, {"code": "S-01"}),
        ):
            row = table.objects.get(version=version, **fields)
            row.pk = None
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            Contradiction.objects.filter(code="C-02").update(severity="Z")
