"""0 leaks across prisons: what is of another prison is answered as what does not exist, and shows nowhere."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from creo.support.accounts.permissions import ROLES
from tests.access.walk import OTHER, as_role, bare_pages, one_reading_each, operations, outcome, pages
from tests.conftest import Nation
from tests.pages.routes import Samples

pytestmark = pytest.mark.django_db
FREE_PERSON, FREE_NUMBER = "P-9999999", 987_654_321
FREE_REQUEST = "2026-9999"
TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken":")[A-Za-z0-9]+')


def witnesses() -> list[str]:
    """Few roles that hold every permission between them: who holds most of what is still missing, first."""
    missing, chosen = set().union(*(role.permissions for role in ROLES.values())), []
    while missing:
        best = max(ROLES.values(), key=lambda role: (len(role.permissions & missing), role.code))
        chosen.append(best.code)
        missing -= best.permissions
    return chosen


PERMISSIONS = witnesses()


def words_of(answer: Any) -> bytes:
    """What an answer says, a workbook unpacked."""
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"\n".join(book.read(name) for name in book.namelist())
    return content


def same(answer: Any, typed: list[str]) -> tuple[int, bytes, str]:
    """Status, words and way on, without the tokens and what was typed in the address."""
    said, leads = TOKENS.sub(b"", words_of(answer)), answer.get("Location", "")
    for text in sorted(typed, key=len, reverse=True):
        said, leads = said.replace(text.encode(), b"#"), leads.replace(text, "#")
    return answer.status_code, said, leads


def free(value: Any) -> Any:
    """A number of the same kind that nobody has."""
    if isinstance(value, int):
        return FREE_NUMBER
    return FREE_PERSON if str(value).startswith("P-") else FREE_REQUEST


def of_somebody(samples: Samples) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], str]]:
    """Every address that names something of a person or of a prison's own: its parameters, and free ones instead."""
    own = {
        samples.person, samples.inbox_item, samples.delivery, samples.batch, samples.job, samples.pair, samples.merge,
        samples.document, samples.request, samples.finding, samples.exception, samples.key,
    }  # fmt: skip
    names = ("code", "item_id", "delivery_id", "batch_id", "job_id", "pair_id", "merge_id", "document_id", "number",
             "finding_id", "exception_id", "key_id", "alias_id", "biometric_id", "fact_id", "entry_id")  # fmt: skip
    for view, values, _path in pages(samples):
        for name in names:
            # Runs of targeting, versions of the design and releases of figures are of the whole country.
            national = name == "number" and not view.startswith("register:")
            if name in values and values[name] in own and not national:
                yield view, values, {**values, name: free(values[name])}, str(values[name])


@pytest.mark.parametrize("role", PERMISSIONS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_S1_what_is_of_another_prison_answers_as_what_does_not_exist(
    nation: Nation, samples: Samples, role: str, method: str
) -> None:
    client, told = as_role(role, OTHER), []
    for view, values, instead, number in of_somebody(samples):
        hidden = getattr(client, method)(reverse(view, kwargs=values))
        nothing = getattr(client, method)(reverse(view, kwargs=instead))
        typed = [number, str(free(next(values[name] for name in values if values[name] != instead[name])))]
        if same(hidden, typed) != same(nothing, typed):
            told.append((view, hidden.status_code, nothing.status_code))
    assert told == []


def test_S1_a_key_of_another_prison_is_answered_as_for_a_free_number(nation: Nation, samples: Samples) -> None:
    from creo.support.api.tests.factories import make_key

    client = Client(headers={"Authorization": f"Bearer {make_key(scope=('facility', OTHER))[1]}"})
    told = []
    for call in operations(samples):
        if samples.person not in call.path or call.shown.endswith("/admissions"):
            continue
        answers = []
        for number, path in enumerate((call.path, call.path.replace(samples.person, FREE_PERSON))):
            headers = {"If-Match": '"v0"', "Idempotency-Key": f"fuga-{number:05}"}
            sent = {"data": call.body, "content_type": "application/json"} if call.body is not None else {}
            answers.append(same(getattr(client, call.method.lower())(path, headers=headers, **sent), []))
        if answers[0] != answers[1] or answers[0][0] != 404:
            told.append((call.view, answers))
    assert told == []


def test_S1_a_key_that_may_not_write_is_refused_before_the_file_is_looked_for(nation: Nation, samples: Samples) -> None:
    """Else it learned who exists, and who changed them since (412), without the permission to see anybody."""
    from creo.support.accounts.permissions import Permission
    from creo.support.api.tests.factories import make_key

    token = make_key(Permission.VIEW_TERRITORY, scope=("facility", "EP-PIURA"))[1]
    client, told = Client(headers={"Authorization": f"Bearer {token}"}), []
    for call in operations(samples):
        if call.method == "GET" or samples.person not in call.path:
            continue
        for number, path in enumerate((call.path, call.path.replace(samples.person, FREE_PERSON))):
            headers = {"If-Match": '"v0"', "Idempotency-Key": f"negada-{number:05}"}
            sent = getattr(client, call.method.lower())(
                path, data=call.body, content_type="application/json", headers=headers
            )
            if sent.status_code != 403:
                told.append((call.view, path, sent.status_code))
    assert told == []


@pytest.fixture(scope="module")
def canary(nation: Nation) -> dict[str, str]:
    """Somebody of Piura whose names and number nobody else has; targeted, looked for in every list."""
    from creo.register import commands
    from creo.register.commands import Admission, IdentityData, OffenceData
    from creo.support import clock
    from creo.support.accounts.readers import system

    today = clock.today()
    identity = IdentityData(
        given_names="Canarina",
        first_surname="Zzyxwora",
        second_surname="Qwvutso",
        sex="female",
        birth_date=today.replace(year=today.year - 24),
        document_kind="dni",
        document_number="71829304",
    )
    admission = Admission(
        facility_code="EP-PIURA",
        admitted_on=today,
        mandate="Resolución 4, Juzgado Canarino",
        offences=[OffenceData("CP-189", None)],
    )
    code = commands.admit(by=system("prueba"), admission=admission, today=today, identity=identity)
    return {
        "code": code,
        "surname": "Zzyxwora",
        "given": "Canarina",
        "document": "71829304",
        "mandate": "Juzgado Canarino",
    }


@pytest.mark.parametrize("role", PERMISSIONS)
def test_S1_nobody_of_another_prison_shows_in_lists_searches_exports_or_texts(
    nation: Nation, samples: Samples, canary: dict[str, str], role: str
) -> None:
    client, seen = as_role(role, OTHER), []
    for view, values, path in pages(samples):
        if view.startswith("ui:"):
            continue
        for query in ("", "?q=Zzyxwora", "?situacion=all&q=71829304&estado=all"):
            if query and values:
                continue
            answer = client.get(path + query)
            if outcome(answer) != "ok":
                continue
            said = words_of(answer).replace(query.encode(), b"").replace(b'value="Zzyxwora"', b"")
            said = re.sub(rb'value="(zzyxwora|71829304|Zzyxwora)"', b"", said)
            found = [name for name, text in canary.items() if text.encode() in said and text not in query]
            if found:
                seen.append((view, query, found))
    assert seen == []


def test_S1_the_canary_is_there_for_its_own_prison(nation: Nation, canary: dict[str, str]) -> None:
    """Else the search above would find nothing for want of anybody to find."""
    page = as_role("registry", "EP-PIURA").get("/personas/?q=Zzyxwora")
    assert canary["code"].encode() in page.content


def test_S1_figures_of_a_prison_do_not_move_when_another_changes(nation: Nation, samples: Samples) -> None:
    """Aggregates leak too: what another prison is shown is the same before and after somebody enters Piura."""
    from creo.register import commands
    from creo.register.commands import Admission, IdentityData
    from creo.support import clock
    from creo.support.accounts.readers import system

    client = as_role("registry", OTHER)
    paths = ["/", "/nacion/", "/personas/", "/personas/movimientos/", "/calidad/", "/territorio/"]
    before = {path: same(client.get(path), []) for path in paths}
    commands.admit(
        by=system("prueba"),
        admission=Admission("EP-PIURA", clock.today(), "Resolución 5"),
        today=clock.today(),
        identity=IdentityData(first_surname="Aggregado", given_names="Ana"),
    )
    assert [path for path in paths if same(client.get(path), []) != before[path]] == []


def fields_of(page: bytes) -> dict[str, list[str]]:
    """The names in the forms of a page, with their values and choices."""
    text, found = page.decode(), {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*?(?:value="([^"]*)")?[^>]*>', text):
        found.setdefault(name, []).append(value)
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        found[name] = re.findall(r'value="([^"]*)"', inner)
    for name in re.findall(r'<textarea[^>]*name="([^"]+)"', text):
        found[name] = ["Texto"]
    found.pop("csrfmiddlewaretoken", None)
    return found


def row_counts() -> dict[str, int]:
    """How many rows every table of a chapter has, in one question; sessions and what was looked at apart."""
    from django.apps import apps
    from django.db import connection

    apart = {"looking", "signin", "sessions", "axes", "ledger"}
    models = [model for model in apps.get_models() if model.__module__.startswith("creo.")]
    tables = [model._meta.db_table for model in models if model._meta.managed and model._meta.app_label not in apart]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())


HOSTILE_IDS = ["0", "-1", "1e9", "9" * 30, "1 OR 1=1", "../1", "%00", "\x00", "null", "[]", "1,2", "１２", "", " 1"]


def test_S1_tampered_ids_in_every_address_find_nothing_and_break_nothing(nation: Nation, samples: Samples) -> None:
    chance, wrong = random.Random(20261123), []
    client = as_role("registry", "EP-PIURA")
    people = [f"P-{chance.randrange(10**7):07}" for _ in range(6)]
    with bare_pages(), one_reading_each():
        for view, values, path in pages(samples):
            for name in values:
                # Some of them for each, another some for the next: by chance, and the same every time.
                for bad in [*chance.sample(HOSTILE_IDS, 5), chance.choice(people), str(chance.randrange(10**9))]:
                    tampered = path.replace(f"/{values[name]}", f"/{bad}", 1)
                    for answer in (client.get(tampered), client.post(tampered)):
                        if answer.status_code >= 500:
                            wrong.append((view, name, bad, answer.status_code))
    assert wrong == []


def test_S1_other_peoples_ids_in_hidden_fields_and_selects_do_nothing(nation: Nation, samples: Samples) -> None:
    """Every form about a person, sent with ids that it does not offer: refused, and no row more or less."""
    from creo.register.models import Person

    chance = random.Random(7)
    strangers = list(Person.objects.exclude(code=samples.person).order_by("pk").values_list("code", flat=True)[:50])
    client, wrong = as_role("registry", "EP-PIURA"), []
    for view, _values, path in pages(samples):
        if samples.person not in path:
            continue
        shown = client.get(path)
        if outcome(shown) != "ok" or b'method="post"' not in words_of(shown):
            continue
        offered = fields_of(shown.content)
        before = row_counts()
        choices = [name for name, those in offered.items() if len(those) > 1 or re.fullmatch(r"\d+", those[0] or "")]
        for name in choices:
            sent = {each: those[-1] for each, those in offered.items()}
            for bad in (chance.choice(strangers), str(chance.randrange(1, 10**6)), "999999999999999999999"):
                answer = client.post(path, sent | {name: bad})
                after = row_counts()
                if answer.status_code >= 500:
                    wrong.append((view, name, bad, answer.status_code))
                if bad not in offered[name] and name != "version" and after != before:
                    wrong.append((view, name, bad, "had an effect"))
                before = after
    assert wrong == []


def test_v5_0_0_15_3_7_doubled_parameters_are_one_or_refused(nation: Nation, samples: Samples) -> None:
    """A filter said twice, or in another case, never widens what is seen, and never breaks a page."""
    client, wrong = as_role("registry", OTHER), []
    for path in ("/personas/", "/personas/movimientos/", "/personas/derechos/", "/calidad/", "/trabajos/", "/bandeja/"):
        for query in (
            "?establecimiento=EP-TUMBES&establecimiento=EP-PIURA",
            "?q=a&q=b",
            "?cursor=x&cursor=y",
            "?q[]=a",
            "?q=%00",
            "?desde=2026-01-01&desde=ayer",
            "?" + "a=1&" * 500,
        ):
            answer = client.get(path + query)
            if answer.status_code >= 500 or samples.person.encode() in words_of(answer):
                wrong.append((path, query, answer.status_code))
    assert wrong == []
