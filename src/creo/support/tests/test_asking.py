"""The form with one act behind it: what every page that asks for an act answers."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from creo.support.accounts.readers import Reader
from creo.support.asking import about, add_refusal, ask, sent
from creo.support.refusals import NotFound, Refused
from creo.support.ui.parts import Link


class ReasonForm(forms.Form):
    """A day and a reason."""

    on = forms.DateField(label="Fecha")
    reason = forms.CharField(label="Motivo", max_length=20)


class PaperForm(forms.Form):
    """A file."""

    paper = forms.FileField(label="Documento")


GOOD = {"on": "2026-11-23", "reason": "Acta 7"}


def request_of(typed: dict[str, Any] | None = None) -> HttpRequest:
    """A visit, or what was sent."""
    factory = RequestFactory()
    request = factory.get("/acto/") if typed is None else factory.post("/acto/", typed)
    request.reader = Reader(user_id=None, name="")  # type: ignore[attr-defined]
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


class Done:
    """An act that remembers what it was given, and answers or refuses as told."""

    def __init__(self, answers: Any = None) -> None:
        self.answers, self.given = answers, []

    def __call__(self, typed: Any) -> Any:
        self.given.append(typed)
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers


def asked(request: HttpRequest, act: Done, form: forms.Form | None = None, **more: Any) -> HttpResponse:
    """The page of the act."""
    form = form or ReasonForm(sent(request))
    words = {"title": "Anular", "button": "Anular el acto", "lead": "Acta 7 & más", "done": "Anulado."}
    trail = [Link("Lista", "/lista/")]
    return ask(request, form, act, **{**words, "back": "/lista/1/", "trail": trail, **more})


def said(request: HttpRequest) -> list[str]:
    """What the next page will say."""
    return [str(message) for message in get_messages(request)]


def page_of(answer: HttpResponse, status: int) -> str:
    """The page that came with a status."""
    assert answer.status_code == status
    return answer.content.decode()


def test_it_is_shown_with_its_words_and_nothing_is_done() -> None:
    act, request = Done(), request_of()
    page = page_of(asked(request, act), 200)
    assert "<h1>Anular</h1>" in page and "Acta 7 &amp; más" in page and "btn-primary" in page
    assert '<a class="btn btn-link" href="/lista/1/">Cancelar</a>' in page and '<a href="/lista/">Lista</a>' in page
    form = page.split('<form method="post" novalidate>', 1)[1].split("</form>", 1)[0]
    assert "csrfmiddlewaretoken" in form and "error-summary" not in page and "multipart" not in page
    assert not act.given and not said(request)


def test_it_is_done_with_what_was_read_and_left_with_its_message() -> None:
    act, request = Done(), request_of(GOOD)
    answer = asked(request, act)
    assert (answer.status_code, answer["Location"], said(request)) == (302, "/lista/1/", ["Anulado."])
    assert [(str(typed["on"]), typed["reason"]) for typed in act.given] == [("2026-11-23", "Acta 7")]


def test_the_act_may_send_elsewhere_answer_the_page_itself_and_say_its_own_message() -> None:
    request = request_of(GOOD)
    answer = asked(request, Done("/otra/"), done="")
    assert (answer.status_code, answer["Location"], said(request)) == (302, "/otra/", [])
    assert page_of(asked(request_of(GOOD), Done(HttpResponse("una sola vez"))), 200) == "una sola vez"


def test_a_field_that_does_not_read_comes_back_before_the_act_is_asked() -> None:
    act, request = Done(), request_of({"on": "mañana", "reason": "Acta 7"})
    page = page_of(asked(request, act), 422)
    assert 'value="mañana"' in page and 'value="Acta 7"' in page and 'id="id_on_error"' in page
    assert not act.given and not said(request)
    assert page_of(asked(request_of({}), act), 422).count('class="field-error"') == 2


def test_a_refusal_comes_back_with_what_was_typed_each_reason_in_its_place() -> None:
    reasons = ["Es futuro.", "Es feriado.", "La caja está cerrada."]
    fields = {"on": "Es futuro.\nEs feriado.\nEs futuro.", "box": "La caja está cerrada."}
    request = request_of(GOOD)
    form = ReasonForm(sent(request))
    page = page_of(asked(request, Done(Refused(reasons, fields=fields)), form), 422)
    assert form.errors == {"on": ["Es futuro.", "Es feriado."], "__all__": ["La caja está cerrada."]}
    assert 'value="2026-11-23"' in page and 'value="Acta 7"' in page
    beside = page.split('id="id_on_error"', 1)[1].split("</p>", 1)[0]
    assert "Es futuro." in beside and "Es feriado." in beside and "La caja" not in beside
    summary = page.split('class="error-summary"', 1)[1].split("</div>", 1)[0]
    assert "La caja está cerrada." in summary
    assert not said(request)


def test_what_the_command_calls_otherwise_has_its_field_too() -> None:
    form = ReasonForm(GOOD)
    add_refusal(form, Refused("Falta.", fields={"why": "Falta."}), {"why": "reason"})
    assert form.errors == {"reason": ["Falta."]}


def test_only_refusals_come_back_to_the_form() -> None:
    with pytest.raises(NotFound):
        asked(request_of(GOOD), Done(NotFound()))


def test_a_form_with_a_file_is_sent_as_one_and_a_grave_act_looks_grave() -> None:
    page = page_of(asked(request_of(), Done(), PaperForm(), danger=True), 200)
    assert 'enctype="multipart/form-data"' in page and "btn-danger" in page and "btn-primary" not in page
    act, request = Done(), request_of({"paper": SimpleUploadedFile("acta.pdf", b"%PDF")})
    assert asked(request, act, PaperForm(sent(request), request.FILES)).status_code == 302
    assert act.given[0]["paper"].name == "acta.pdf"


def test_whom_an_act_is_about_is_written_safely() -> None:
    assert about("<b>QUISPE", "P-1") == '&lt;b&gt;QUISPE · <span class="code">P-1</span>'
