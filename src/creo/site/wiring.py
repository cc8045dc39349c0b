"""Who does what: the one table that joins kinds of work to the chapters that do them."""

from __future__ import annotations

# Kind of job -> the function that does it in the worker.
JOBS: dict[str, str] = {
    "imports.check": "creo.support.imports.commands.perform_check",
    "imports.apply": "creo.support.imports.commands.perform_apply",
    "targeting.run": "creo.targeting.commands.perform_run",
}

# Kind of job -> the page to open when it ends, filled with its arguments and result.
JOB_LINKS: dict[str, str] = {
    "imports.check": "/importaciones/{batch_id}/",
    "imports.apply": "/importaciones/{batch_id}/",
    "targeting.run": "/focalizacion/{run_id}/",
}

# Kind of import -> the object that checks and applies it.
IMPORT_KINDS: dict[str, str] = {
    "register": "creo.register.imports.KIND",
}

# Chapters whose demonstration data `creo demo` builds, in order.
DEMOS: tuple[str, ...] = (
    "creo.programme.demo",
    "creo.territory.demo",
    "creo.register.demo",
    "creo.targeting.demo",
)
