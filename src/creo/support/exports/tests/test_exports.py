"""Data that goes out is marked, logged and found again by its number; long lists are asked for and fetched once."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, Reader, Scope, system
from creo.support.accounts.tests.factories import reader, user
from creo.support.exports import commands, limits, making, queries
from creo.support.exports.commands import Paper
from creo.support.exports.listings import Listing, Mark, listing_of
from creo.support.exports.models import HandOut
from creo.support.exports.numbers import LETTERS, new_number, read_number
from creo.support.jobs.commands import perform
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.secrets import vault
from creo.support.ui.parts import Column

# The lists of the site, read before the tests put their own in place.
WIRED: dict[str, Any] = import_string(settings.CREO_EXPORTS)
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
DAY = date(2026, 11, 23)
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    'Ñusta "la ; otra"',
    "línea\nrota",
    "&C&G&A",
    "../../x",
]
STOCK: list[list[Any]] = []


def stock(asker: Reader, query: QueryDict, shelf: str = "") -> Listing:
    """A list of names, wired for these tests alone."""
    asker.require(Permission.VIEW_PEOPLE)
    found = [row for row in STOCK if query.get("q", "") in row[0]]
    return Listing(
        act="register.people_exported",
        subject=("list", shelf or "stock"),
        name="existencias",
        title="Existencias",
        columns=[Column("Nombre"), Column("Número", "number")],
        rows=lambda: iter(found),
        count=len(found),
        filters=f"Texto: {query['q']}" if query.get("q") else "",
        personal=shelf != "open",
    )


@pytest.fixture(autouse=True)
def _wired(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("creo.site.wiring.EXPORTS", {"stock": f"{__name__}.stock"})
    STOCK[:] = [[name, number] for number, name in enumerate(HOSTILE)]
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    found = replace(limits.limits_on(DAY), worker_over=3, reason_over=5)
    monkeypatch.setattr(commands, "limits_on", lambda _day: found)


def asker() -> tuple[User, Reader]:
    made = user("rosa", "registry")
    return made, Reader(
        made.pk, "Rosa", frozenset({Permission.EXPORT, Permission.VIEW_PEOPLE}), (Scope("nation"),), ("registry",)
    )


def asked(by: Reader, query: str = "", reason: str = "Censo", kind: str = "csv") -> str:
    return commands.ask(by=by, code="stock", kind=kind, query=query, arguments={}, reason=reason)


# Numbers --------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10), st.sampled_from(LETTERS))
def test_a_number_is_read_however_it_is_written_and_one_wrong_letter_is_noticed(place: int, other: str) -> None:
    number = new_number()
    plain = number.replace("-", "")[1:]
    for typed in (
        number,
        number.lower(),
        plain,
        f" d {plain[:6]} {plain[6:]} ",
        number.replace("0", "o").replace("1", "l"),
    ):
        assert read_number(typed) == number
    wrong = plain[:place] + other + plain[place + 1 :]
    assert (read_number(wrong) == number) is (other == plain[place])


@pytest.mark.parametrize("typed", ["", "D", "D-", "ñ" * 12, "0" * 11, "0" * 13, "D-0000-0000-000!", "x" * 5_000])
def test_what_is_no_number_is_told(typed: str) -> None:
    assert read_number(typed) is None


# Marks ----------------------------------------------------------------------------------------------------------------


def test_no_name_begins_a_formula_and_every_row_of_people_carries_the_number() -> None:
    mark = Mark(new_number(), '=HYPERLINK("x")', NOON)
    listing = stock(system(), QueryDict())
    text = making.file_of(listing, "csv", mark, "Nacional").decode("utf-8-sig")
    lines = text.split("\r\n")
    assert lines[0] == "Nombre;Número;Descarga" and text.count(mark.number) == len(HOSTILE)
    assert all(line[:1] not in "=+-@\t" for line in lines if line)
    with zipfile.ZipFile(io.BytesIO(making.file_of(listing, "xlsx", mark, "Nacional"))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    sheets = [text for name, text in parts.items() if "worksheets/" in name]
    assert len(sheets) == 2 and all("<oddHeader>" in text and mark.number in text for text in sheets)
    assert not any("<f>" in text for text in parts.values())
    assert mark.number in "".join(parts.values()) and "Número de descarga" in "".join(parts.values())


def test_a_name_with_orders_for_the_printer_is_printed_as_it_is() -> None:
    listing = stock(system(), QueryDict())
    mark = Mark(new_number(), "&C&G" * 60, NOON)
    with zipfile.ZipFile(io.BytesIO(making.file_of(listing, "xlsx", mark, ""))) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    header = text[text.index("<oddHeader>") : text.index("</oddHeader>")]
    assert header.count("&amp;") == 2 and mark.number in header, "&C and &8 are ours"


def test_a_list_that_tells_of_nobody_has_its_number_in_its_name_alone() -> None:
    text = making.file_of(stock(system(), QueryDict(), "open"), "csv", Mark(new_number(), "x", NOON), "").decode()
    assert "Descarga" not in text and text.count("\r\n") == len(HOSTILE) + 1


def test_every_page_of_a_pdf_shows_who_and_the_number(tmp_path: Path) -> None:
    template = tmp_path / "dos.typ"
    template.write_text(
        '#import "mark.typ": marked\n#let data = json(bytes(sys.inputs.data))\n#show: body => marked(data, body)\n'
        '#set page(paper: "a4", footer: [pie])\n#data.text\n#pagebreak()\nSegunda\n#pagebreak()\nTercera'
    )
    hostile = '#panic("x") $ * _ ] \\'
    mark = Mark(new_number(), f"Ñusta {hostile}", NOON)
    pdf = making.typeset(template, {"text": hostile}, mark=mark, timestamp=NOON)
    assert pdf == making.typeset(template, {"text": hostile}, mark=mark, timestamp=NOON)
    assert making.typeset(template, {"text": hostile}).startswith(b"%PDF")
    if shutil.which("pdftotext") is None:
        return  # that it holds the mark is told by the machine that has the tool
    (tmp_path / "dos.pdf").write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-layout", "dos.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    pages = [" ".join(page.split()) for page in shown.stdout.decode().split("\f") if page.strip()]
    assert len(pages) == 3
    for page in pages:
        assert f"{mark.number} · Descargado por Ñusta" in page and "no lo difunda" in page
    assert hostile in pages[0] and "pie" in pages[0]


# Handing out ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_handed_out_leads_back_by_its_number_to_its_entry() -> None:
    _user, by = asker()
    mark = commands.hand_out_list(by=by, listing=stock(by, QueryDict("q=1")), kind="csv")
    other = commands.hand_out(
        by=by, paper=Paper("register.sheet_printed", ("person", "P-1"), "Hoja", "pdf", "hoja", "EP-PIURA")
    )
    found = queries.by_number(reader(Permission.VIEW_LEDGER), mark.number)
    assert found is not None and found[1] is not None
    row, entry = found
    assert (row.actor, row.filters, row.rows, row.kind, row.state) == ("Rosa", "Texto: 1", 3, "csv", "given")
    assert (entry.act, entry.subject_code, entry.reason) == ("register.people_exported", "stock", "Texto: 1")
    assert entry.after == {"kind": "csv", "rows": 3, "scope": "Nacional", "number": mark.number}
    second = queries.by_number(reader(Permission.VIEW_LEDGER), other.number)
    assert second is not None and second[1] is not None and second[1].place == "EP-PIURA"
    assert queries.by_number(reader(Permission.VIEW_LEDGER), new_number()) is None
    with pytest.raises(Forbidden):
        queries.by_number(by, mark.number)


@pytest.mark.django_db
def test_a_long_list_is_not_made_at_once_and_one_of_many_people_needs_its_reason(few: None) -> None:
    _user, by = asker()
    with pytest.raises(Refused, match="pídala"):
        commands.hand_out_list(by=by, listing=stock(by, QueryDict()), kind="csv")
    with pytest.raises(Refused, match="para qué"):
        asked(by, reason="  ")
    with pytest.raises(Forbidden):
        asked(reader(Permission.VIEW_PEOPLE))
    with pytest.raises(NotFound):
        commands.ask(by=by, code="otra", kind="csv", query="", arguments={}, reason="x")
    assert not HandOut.objects.exists() and not Entry.objects.filter(act="register.people_exported").exists()
    asked(by, query="q=1", reason="")


@pytest.mark.django_db
def test_an_asked_list_is_made_sealed_fetched_once_by_its_asker_and_gone(few: None) -> None:
    owner, by = asker()
    number = asked(by, kind="xlsx")
    job = Job.objects.get(kind="exports.make")
    with pytest.raises(Refused, match="todavía no"):
        commands.fetch(by=by, number=number)
    perform.func(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"number": number})
    (kept,) = commands.folder().iterdir()
    assert kept.suffix == ".sealed" and b"PK" not in kept.read_bytes()[:4]
    with pytest.raises(NotFound):
        commands.fetch(by=reader(Permission.EXPORT, user_id=owner.pk + 1), number=number)
    with pytest.raises(Forbidden):
        commands.fetch(by=reader(user_id=owner.pk), number=number)
    content, row = commands.fetch(by=by, number=number)
    assert content.startswith(b"PK") and row.filename == f"existencias-{number}.xlsx"
    assert list(commands.folder().iterdir()) == []
    with pytest.raises(Refused, match="una vez"):
        commands.fetch(by=by, number=number)
    acts = list(Entry.objects.filter(subject_code=number).order_by("id").values_list("act", flat=True))
    assert acts == ["exports.made", "exports.fetched"]
    commands.perform_make(_handle(job, by))
    assert HandOut.objects.get(number=number).state == "fetched", "a second run of the job changes nothing"


def _handle(job: Job, by: Reader) -> Any:
    from creo.support.jobs.commands import JobHandle

    return JobHandle(job.pk, job.arguments, by, lambda *_told: None)


@pytest.mark.django_db
def test_the_worker_makes_it_only_for_who_asked_and_may_still_take_it(few: None) -> None:
    owner, by = asker()
    asked(by)
    job = Job.objects.get(kind="exports.make")
    for other, refusal in (
        (replace(by, user_id=99), NotFound),
        (replace(by, permissions=frozenset()), Forbidden),
        (NOBODY, NotFound),
    ):
        with pytest.raises(refusal):
            commands.perform_make(_handle(job, other))
    owner.is_active = False
    owner.save()
    perform.func(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and list(commands.folder().iterdir()) == []


@pytest.mark.django_db
def test_what_nobody_fetches_expires_and_is_taken_away(few: None) -> None:
    _owner, by = asker()
    number, waiting = asked(by), asked(by, query="q=1")
    perform.func(Job.objects.filter(kind="exports.make").earliest("id").pk)
    vault.write(commands.folder(), "D-sin-fila", b"x")
    with pytest.raises(Forbidden):
        commands.sweep(by=by)
    with time_machine.travel(NOON + timedelta(hours=49)):
        with pytest.raises(Refused, match="venció"):
            commands.fetch(by=by, number=number)
        with transaction.atomic():
            assert commands.sweep(by=system()) == 1
        assert commands.sweep(by=system()) == 0
    states = dict(HandOut.objects.values_list("number", "state"))
    assert states == {number: "expired", waiting: "asked"}


@pytest.mark.django_db(transaction=True)
def test_the_sweep_takes_the_files_of_what_expired(few: None) -> None:
    _owner, by = asker()
    asked(by)
    perform.func(Job.objects.get(kind="exports.make").pk)
    vault.write(commands.folder(), "D-sin-fila", b"x")
    with time_machine.travel(NOON + timedelta(hours=49)):
        commands.sweep(by=system())
    assert list(commands.folder().iterdir()) == []


@pytest.mark.django_db
def test_a_file_changed_on_the_disk_is_not_handed_out(few: None) -> None:
    _owner, by = asker()
    number = asked(by)
    perform.func(Job.objects.get(kind="exports.make").pk)
    (kept,) = commands.folder().iterdir()
    kept.unlink()
    vault.write(commands.folder(), number, b"otra cosa")
    with pytest.raises(Refused, match="no es el que se hizo"):
        commands.fetch(by=by, number=number)
    assert HandOut.objects.get().state == "ready"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("handout_kind_known", {"kind": "docx"}),
        ("handout_state_known", {"state": "lost", "expires_at": NOON, "listing": "stock", "asked": {}}),
        ("handout_says_what", {"title": ""}),
        ("handout_waits_until", {"state": "ready", "listing": "stock", "asked": {}}),
        ("handout_fetched_once", {"fetched_at": NOON}),
        ("handout_asked_of_a_list", {"state": "asked"}),
        ("number", {"number": "D-0000-0000-0000"}),
    ],
)
def test_a_row_says_only_what_can_be(name: str, values: dict[str, Any]) -> None:
    whole: dict[str, Any] = {
        "number": new_number(),
        "made_at": NOON,
        "actor": "Rosa",
        "title": "Personas",
        "kind": "csv",
        "act": "register.people_exported",
        "subject_kind": "list",
        "subject_code": "people",
        "filename": "x.csv",
    }
    HandOut.objects.create(**whole | {"number": "D-0000-0000-0000"})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        HandOut.objects.create(**whole | values)


def test_limits_have_a_day_and_a_source() -> None:
    found = limits.limits_on(DAY)
    assert found.source and 0 < found.worker_over <= found.reason_over and found.keep_hours > 0
    assert limits.limits_on(date(1990, 1, 1)) == limits.limits_on(date(2026, 1, 1))


def test_every_wired_list_exists() -> None:
    paths = [path for path in WIRED.values() if isinstance(path, str)]
    assert len(paths) >= 14
    for path in paths:
        assert callable(import_string(path)), path
    with pytest.raises(NotFound):
        listing_of(system(), "register.people", "", {})


# Pages ----------------------------------------------------------------------------------------------------------------


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(user(f"de-{role}", role))
    return client


@pytest.mark.django_db
def test_my_downloads_are_mine_and_a_file_is_given_by_its_button_alone(few: None) -> None:
    owner, by = asker()
    number = asked(by)
    client = Client()
    client.force_login(owner)
    page = client.get(reverse("exports:own")).content.decode()
    assert "En preparación" in page and number in page and '<button class="btn btn-primary" aria' not in page
    perform.func(Job.objects.get(kind="exports.make").pk)
    page = client.get(reverse("exports:own")).content.decode()
    assert f"Descargar Existencias, {number}" in page
    address = reverse("exports:fetch", args=(number,))
    assert client.get(address).status_code == 302
    assert HandOut.objects.get().state == "ready"
    other = signed_in("registry")
    assert number not in other.get(reverse("exports:own")).content.decode()
    assert other.post(address).status_code == 404
    answer = client.post(address)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert f"existencias-{number}.csv" in answer["Content-Disposition"]
    assert client.post(address).status_code == 422


@pytest.mark.django_db
def test_a_leaked_paper_leads_the_auditor_to_who_took_it() -> None:
    _owner, by = asker()
    mark = commands.hand_out_list(by=by, listing=stock(by, QueryDict()), kind="csv", reason="Censo")
    auditor = signed_in("auditor")
    address = reverse("exports:origin")
    assert auditor.get(address).status_code == 200
    page = auditor.get(address, {"numero": mark.number.lower().replace("-", " ")}).content.decode()
    for words in (mark.number, "Rosa", "Existencias (CSV)", "Censo", "Lista de personas descargada"):
        assert words in page, words
    wrong = mark.number[:-1] + ("0" if mark.number[-1] != "0" else "1")
    assert "mal copiado" in auditor.get(address, {"numero": wrong}).content.decode()
    missing = auditor.get(address, {"numero": new_number()})
    assert missing.status_code == 404 and "Ningún documento" in missing.content.decode()
    hostile = auditor.get(address, {"numero": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in hostile and "mal copiado" in hostile
    assert signed_in("registry").get(address).status_code == 403


@pytest.mark.django_db
def test_an_entry_that_is_missing_is_told() -> None:
    _owner, by = asker()
    mark = commands.hand_out_list(by=by, listing=stock(by, QueryDict()), kind="csv")
    HandOut.objects.filter(number=mark.number).update(subject_code="otra")
    page = signed_in("auditor").get(reverse("exports:origin"), {"numero": mark.number}).content.decode()
    assert "fue quitado" in page
    assert json.dumps(mark.number)[1:-1] in page
