"""Finds, in the small nation, a person of Piura who is enrolled, a run, a draft, and makes a job and an import."""

from __future__ import annotations

import io

from tests.pages.routes import Samples


def find() -> Samples:
    """Parameters that every page can be opened with."""
    from creo.programme.models import DesignVersion
    from creo.support.accounts.readers import system
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
    from creo.support.accounts.models import User

    registry = User.objects.get(username="registro").pk
    Job.objects.filter(pk=job.pk).update(user_id=registry)
    type(batch).objects.filter(pk=batch.pk).update(uploaded_by_id=registry)
    return Samples(person=result.person.code, run=run.pk, job=job.pk, batch=batch.pk, draft=draft.number)
