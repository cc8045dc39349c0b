"""Finds, in the small nation, a person of Piura who is enrolled, a run, a draft, and makes a job and an import."""

from __future__ import annotations

import io

from creo.support.accounts.readers import Reader
from tests.pages.routes import Samples


def find() -> Samples:
    """Parameters that every page can be opened with."""
    from creo.programme.models import DesignVersion
    from creo.support.accounts.readers import system
    from creo.support.announcements.models import Delivery, InboxItem
    from creo.support.imports import commands as imports
    from creo.support.jobs.commands import _start
    from creo.support.jobs.models import Job
    from creo.targeting.models import TargetingResult, TargetingRun

    by = system("prueba")
    run = TargetingRun.objects.filter(scope_kind="nation", variant="").order_by("-id")[0]
    result = TargetingResult.objects.filter(run=run, outcome=2, facility__code="EP-PIURA").order_by("person_id")[0]
    draft = DesignVersion.objects.filter(status="draft").order_by("-number")[0]
    content = io.BytesIO(b"apellido\nQuispe\n")
    batch = imports.stage(by=by, kind="register", mapping="creo", filename="prueba.csv", content=content, options={})
    job = _start(by=by, kind="targeting.run", title="Prueba", arguments={})
    from creo.register.models import DuplicatePair, Merge
    from creo.support.accounts.models import RoleGrant, User
    from creo.support.approvals.models import Delegation, Proposal
    from creo.support.incidents.models import IncidentEvent
    from creo.support.ledger.models import Entry
    from creo.support.looking.models import Alert, Canary, Emergency
    from creo.support.quality.models import QualityException, QualityFinding
    from creo.support.secrets import ring

    registry = User.objects.get(username="registro").pk
    Job.objects.filter(pk=job.pk).update(user_id=registry)
    type(batch).objects.filter(pk=batch.pk).update(uploaded_by_id=registry)
    pair = DuplicatePair.objects.filter(state="open").order_by("id")[0]
    merge = Merge.objects.filter(undone_at=None).order_by("id")[0]
    document, request = _file_and_request(by, result.person.code)
    assessed = IncidentEvent.objects.filter(what="assessed", incident__closed_at=None).order_by("-id")[0]
    return Samples(
        person=result.person.code,
        run=run.pk,
        job=job.pk,
        inbox_item=InboxItem.objects.filter(decided_at=None).order_by("id")[0].pk,
        delivery=Delivery.objects.order_by("id")[0].pk,
        batch=batch.pk,
        draft=draft.number,
        pair=pair.pk,
        merge=merge.pk,
        document=document,
        request=request,
        finding=QualityFinding.objects.filter(check_code="birth_date_missing", gone_on=None).order_by("-id")[0].pk,
        emergency=Emergency.objects.filter(state="open").order_by("id")[0].pk,
        alert=Alert.objects.filter(state="open").order_by("id")[0].pk,
        canary=Canary.objects.filter(withdrawn_at=None).order_by("id")[0].pk,
        exception=QualityException.objects.filter(revoked_on=None).order_by("id")[0].pk,
        grant=RoleGrant.objects.get(user_id=registry, role="registry").pk,
        key=_key(),
        entry=Entry.objects.order_by("id").values_list("id", flat=True)[0],
        proposal=Proposal.objects.filter(state="proposed").order_by("-id")[0].pk,
        delegation=Delegation.objects.filter(ended_on=None).order_by("id")[0].pk,
        incident=assessed.incident.code,
        incident_event=assessed.pk,
        seal_key=ring.load().current.id,
        download=_download(registry),
        session=_session(registry),
        factor=_factor(registry),
    )


def _download(user_id: int) -> str:
    """The list of prisons that «registro» asked for; the worker has made it and it waits."""
    from creo.support import clock
    from creo.support.accounts.models import User
    from creo.support.accounts.readers import reader_for
    from creo.support.exports import commands
    from creo.support.exports.models import HandOut
    from creo.support.jobs.commands import perform

    reader = reader_for(User.objects.get(pk=user_id), clock.today())
    number = commands.ask(by=reader, code="territory.facilities", kind="csv", query="", arguments={}, reason="")
    perform.func(HandOut.objects.get(number=number).job_id)
    assert HandOut.objects.get(number=number).state == "ready"
    return number


def _session(user_id: int) -> int:
    """Another session of «registro»."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store.create()
    found = UserSession.objects.create(
        user_id=user_id, session_key=store.session_key, ip="127.0.0.1", user_agent="Mozilla/5.0"
    )
    return int(found.pk)


def _factor(user_id: int) -> int:
    """An application of codes of «registro»."""
    from allauth.mfa.models import Authenticator

    from creo.support.accounts.models import User
    from creo.support.signin.tests.factories import with_totp

    with_totp(User.objects.get(pk=user_id))
    return int(Authenticator.objects.get(user_id=user_id).pk)


def _key() -> int:
    """A key of another institution."""
    from creo.support import clock
    from creo.support.api.tests.factories import make_key

    today = clock.today()
    return make_key(today=today, expires_on=today.replace(year=today.year + 1))[0]


def _file_and_request(by: Reader, code: str) -> tuple[int, str]:
    """A document of the person and a request of theirs."""
    from creo.register import commands
    from creo.support import clock
    from creo.support.files.making import plain_pdf

    today = clock.today()
    upload = commands.Upload("mandato.pdf", [plain_pdf(["Mandato de prueba"])])
    document = commands.add_document(by=by, person_code=code, kind="mandate", upload=upload, today=today)
    data = commands.RequestData("rectification", "Un dato está mal escrito", today)
    return document, commands.file_request(by=by, person_code=code, data=data, today=today)
