"""The pages of approvals: who sees what, what forms refuse, and what travels with a decision."""

from __future__ import annotations

import html
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.accounts.readers import reader_for
from creo.support.approvals import commands
from creo.support.approvals.models import Delegation, Proposal, Revision
from creo.support.approvals.tests.factories import DONE, TODAY, granted, insider, propose
from creo.support.ledger.models import Entry
from creo.support.signin.sessions import STATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T17:00:00Z")


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up roles: who proposes, who decides, and who does neither."""
    proposes = frozenset({Permission.EDIT_PEOPLE, Permission.EXPORT})
    monkeypatch.setitem(ROLES, "proposer", Role("proposer", "Propone", proposes, ()))
    decides = frozenset({Permission.DECIDE_PROPOSALS, Permission.EXPORT})
    monkeypatch.setitem(ROLES, "decider", Role("decider", "Decide", decides, ()))
    monkeypatch.setitem(ROLES, "stranger", Role("stranger", "Otro", frozenset({Permission.VIEW_PEOPLE}), ()))


def browser(username: str, role: str = "", place: str = "", *, proved: bool = True) -> Client:
    """A session of somebody, proved a moment ago unless said otherwise."""
    scope = ("facility", place) if place else ("nation", "")
    user = User.objects.filter(username=username).first() or granted(username, role, scope)
    made = Client()
    made.force_login(user)
    made.get("/aprobaciones/")
    session = made.session
    session[STATE] = {**session[STATE], "proved": clock.now().timestamp() if proved else 0.0}
    session.save()
    return made


def reader(username: str, role: str = "proposer") -> Any:
    user = User.objects.filter(username=username).first() or granted(username, role)
    return reader_for(user, TODAY)


def text(answer: Any, status: int = 200) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == status, content.decode()[:800]
    return html.unescape(content.decode()).replace("\xa0", " ")


def typed(made: Proposal, decision: str = "approved", **other: str) -> dict[str, str]:
    return {"decision": decision, "reason": "", "seen": made.digest, "tier": str(made.tier)} | other


def test_the_list_opens_with_what_waits_for_the_reader_and_keeps_its_filters() -> None:
    made = propose(reader("ana"))
    propose(reader("ana"), place="SUR-1", box="C-2")
    here = browser("luz", "decider", "NORTE-1")
    page = text(here.get("/aprobaciones/"))
    assert f"N.º {made.pk}: Pintar" in page and "1 propuesta" in page and "C-2" not in page
    assert "Nada espera su decisión" in text(browser("ana").get("/aprobaciones/"))
    mine = text(browser("ana").get("/aprobaciones/?cuales=made"))
    assert "2 propuestas" in mine
    assert "1 propuesta" in text(browser("ana").get("/aprobaciones/?cuales=made&lugar=SUR-1"))
    assert "Ninguna propuesta con estos filtros" in text(browser("ana").get("/aprobaciones/?cuales=made&estado=lapsed"))
    text(here.get("/aprobaciones/?estado=perdida"), 422)
    text(here.get("/aprobaciones/?cursor=xyz"), 422)
    assert "Nada espera" in text(browser("otro", "stranger").get("/aprobaciones/?cuales="))


def test_a_proposal_is_read_whole_and_decided_on_what_it_shows() -> None:
    made = propose(reader("ana"), act="box.paint_thrice")
    here = browser("luz", "decider", "NORTE-1")
    page = text(here.get(f"/aprobaciones/{made.pk}/"))
    for shown in ("rojo", "Está despintada", "Nivel 1", "Nivel 3", made.digest, "Registrar la decisión"):
        assert shown in page
    assert here.post(f"/aprobaciones/{made.pk}/", typed(made)).status_code == 302
    after = text(here.get(f"/aprobaciones/{made.pk}/"))
    assert "Aprobó: Luz" in after and "Registrar la decisión" not in after and DONE == []
    made.refresh_from_db()
    assert made.tier == 2


def test_the_last_tier_does_the_act_and_says_so() -> None:
    made = propose(reader("ana"))
    answer = browser("luz", "decider").post(f"/aprobaciones/{made.pk}/", typed(made), follow=True)
    assert "Quedó aprobada y ejecutada" in text(answer) and len(DONE) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"decision": ""}, "Elija qué decide"),
        ({"decision": "failed"}, "no es una de las opciones"),
        ({"decision": "returned"}, "Escriba el motivo"),
        ({"seen": "0" * 64}, "cambió desde que usted la abrió"),
        ({"tier": "2"}, "Otra persona decidió este nivel antes"),
        ({"tier": "uno"}, ""),
        ({"seen": ""}, ""),
    ],
)
def test_a_wrong_decision_comes_back_with_its_reason_and_what_was_typed(wrong: dict[str, str], said: str) -> None:
    made = propose(reader("ana"))
    here = browser("luz", "decider")
    page = text(here.post(f"/aprobaciones/{made.pk}/", typed(made, **({"reason": ""} | wrong))), 422)
    assert said in page and DONE == []


def test_a_stale_session_proves_again_before_it_decides() -> None:
    made = propose(reader("ana"))
    here = browser("luz", "decider", proved=False)
    page = text(here.get(f"/aprobaciones/{made.pk}/"))
    assert "Confirmar quién es" in page and "Registrar la decisión" not in page
    answer = here.post(f"/aprobaciones/{made.pk}/", typed(made))
    assert answer.status_code == 302 and f"/aprobaciones/{made.pk}/" in answer["Location"]
    made.refresh_from_db()
    assert made.state == "proposed"


def test_the_maker_sees_no_form_and_is_refused_when_they_send_one() -> None:
    made = propose(reader("ana"))
    here = browser("ana")
    page = text(here.get(f"/aprobaciones/{made.pk}/"))
    assert "la decide otra persona" in page and "Registrar la decisión" not in page and "Corregir" in page
    text(here.post(f"/aprobaciones/{made.pk}/", typed(made)), 403)


def test_out_of_sight_is_not_found_on_every_page() -> None:
    made = propose(reader("ana"))
    for who in (browser("otro", "stranger"), browser("sur", "decider", "SUR-1")):
        for page in ("", "corregir/", "retirar/"):
            text(who.get(f"/aprobaciones/{made.pk}/{page}"), 404)
            text(who.post(f"/aprobaciones/{made.pk}/{page}", typed(made)), 404)
    decider = browser("luz", "decider")
    text(decider.get(f"/aprobaciones/{made.pk}/corregir/"), 404)
    assert Client().get("/aprobaciones/").status_code == 302
    text(browser("nadie-con-rol", "unknown-role").get("/aprobaciones/"), 403)


def test_what_came_back_is_corrected_and_withdrawn_on_its_pages() -> None:
    made = propose(reader("ana"))
    decider, maker = browser("luz", "decider"), browser("ana")
    decider.post(f"/aprobaciones/{made.pk}/", typed(made, "returned", reason="Falta el informe"))
    page = text(maker.get(f"/aprobaciones/{made.pk}/"))
    assert "Falta el informe" in page and "Devuelta para corregir" in page
    assert "dice lo mismo" in text(maker.post(f"/aprobaciones/{made.pk}/corregir/", {"text": "Está despintada"}), 422)
    assert maker.post(f"/aprobaciones/{made.pk}/corregir/", {"text": "Con el informe 3"}).status_code == 302
    assert "revisión 2" in text(decider.get(f"/aprobaciones/{made.pk}/"))
    text(maker.post(f"/aprobaciones/{made.pk}/retirar/", {"reason": ""}), 422)
    assert maker.post(f"/aprobaciones/{made.pk}/retirar/", {"reason": "Ya no"}).status_code == 302
    assert "Ya no" in text(decider.get(f"/aprobaciones/{made.pk}/"))
    text(maker.get(f"/aprobaciones/{made.pk}/retirar/"), 403)


def test_what_was_altered_behind_the_system_says_so_and_gives_no_form() -> None:
    made = propose(reader("ana"))
    with insider():
        Revision.objects.update(text="Otra cosa")
    page = text(browser("luz", "decider").get(f"/aprobaciones/{made.pk}/"))
    assert "La huella no coincide" in page and "Registrar la decisión" not in page


def test_a_tier_is_lent_and_taken_back_on_its_pages() -> None:
    here, other = browser("luz", "decider", "NORTE-1"), granted("sara", "decider", ("facility", "SUR-1"))
    page = text(here.get("/aprobaciones/delegaciones/nueva/"))
    assert "Pintar, nivel 1" in page and "Sara" in page
    wanted = {
        "what": "box.paint#1",
        "delegate": "sara",
        "valid_from": "2026-11-23",
        "valid_to": "2026-12-01",
        "reason": "Vacaciones",
    }
    bad = text(here.post("/aprobaciones/delegaciones/nueva/", wanted | {"valid_to": "2027-11-01"}), 422)
    assert "como mucho 60 días" in bad and "Vacaciones" in bad
    for name in wanted:
        text(here.post("/aprobaciones/delegaciones/nueva/", wanted | {name: ""}), 422)
    assert here.post("/aprobaciones/delegaciones/nueva/", wanted).status_code == 302
    given = Delegation.objects.get()
    made = propose(reader("ana"))
    page = text(browser("sara").get(f"/aprobaciones/{made.pk}/"))
    assert "Usted decide por delegación de Luz" in page
    assert "Vigente" in text(browser("sara").get("/aprobaciones/delegaciones/"))
    text(browser("sara").get(f"/aprobaciones/delegaciones/{given.pk}/terminar/"), 404)
    text(here.post(f"/aprobaciones/delegaciones/{given.pk}/terminar/", {"reason": ""}), 422)
    assert here.post(f"/aprobaciones/delegaciones/{given.pk}/terminar/", {"reason": "Volvió"}).status_code == 302
    assert "Terminada: Volvió" in text(here.get("/aprobaciones/delegaciones/"))
    assert other.pk == given.delegate_id
    text(browser("ana").get("/aprobaciones/delegaciones/nueva/"), 403)
    assert "no ha delegado" in text(browser("ana").get("/aprobaciones/delegaciones/"))


def test_the_list_leaves_as_a_file_with_an_entry() -> None:
    propose(reader("ana"), text="=1+1")
    here = browser("luz", "decider")
    lines = text(here.get("/aprobaciones/lista.csv")).splitlines()
    assert any("Pintar" in line and "Por decidir" in line for line in lines)
    book = zipfile.ZipFile(io.BytesIO(here.get("/aprobaciones/lista.xlsx").content))
    assert any(b"Pintar" in book.read(name) for name in book.namelist())
    assert Entry.objects.filter(act="approvals.exported").count() == 2
    text(here.get("/aprobaciones/lista.pdf"), 404)
    text(browser("otro", "stranger").get("/aprobaciones/lista.csv"), 403)


@pytest.mark.parametrize("role", ["decider", "proposer"])
def test_pages_cost_few_queries_whatever_is_on_them(role: str, django_assert_max_num_queries: Any) -> None:
    made = [propose(reader("ana"), box=f"C-{n}", act="box.paint_thrice") for n in range(60)]
    luz, sara = granted("luz", "decider"), browser("sara", role)
    if role == "decider":
        commands.delegate(
            by=reader_for(luz, TODAY),
            act="box.paint",
            tier=1,
            delegate="sara",
            valid_from=TODAY,
            valid_to=date(2026, 12, 1),
            reason="x",
            today=TODAY,
        )
    for address in ("/aprobaciones/?cuales=all", "/aprobaciones/delegaciones/"):
        with django_assert_max_num_queries(12):
            text(sara.get(address))
    if role == "decider":
        with django_assert_max_num_queries(12):
            text(sara.get(f"/aprobaciones/{made[0].pk}/"))
