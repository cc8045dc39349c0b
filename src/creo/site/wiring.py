"""Who does what: the one table that joins kinds of work to the chapters that do them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Kind of job -> the function that does it in the worker.
JOBS: dict[str, str] = {
    "imports.check": "creo.support.imports.commands.perform_check",
    "imports.apply": "creo.support.imports.commands.perform_apply",
    "register.find_duplicates": "creo.register.commands.perform_find_duplicates",
    "register.sweep_files": "creo.register.commands.perform_sweep_files",
    "targeting.run": "creo.targeting.commands.perform_run",
    "quality.run": "creo.support.quality.commands.perform_run",
}

# Kind of job -> the page to open when it ends, filled with its arguments and result.
JOB_LINKS: dict[str, str] = {
    "imports.check": "/importaciones/{batch_id}/",
    "imports.apply": "/importaciones/{batch_id}/",
    "register.find_duplicates": "/personas/duplicados/",
    "register.sweep_files": "/trabajos/",
    "targeting.run": "/focalizacion/{run_id}/",
    "quality.run": "/calidad/",
}

# Kind of import -> the object that checks and applies it.
IMPORT_KINDS: dict[str, str] = {
    "register": "creo.register.imports.KIND",
    "register.movements": "creo.register.imports.MOVEMENTS",
}

# Data checks of each chapter, and who tells a reader's places.
QUALITY: tuple[str, ...] = ("creo.register.quality.CHECKS",)
QUALITY_PLACES = "creo.register.quality.places"

# Chapters whose demonstration data `creo demo` builds, in order.
DEMOS: tuple[str, ...] = (
    "creo.programme.demo",
    "creo.territory.demo",
    "creo.register.demo",
    "creo.targeting.demo",
)

_TARGETING = ("creo.targeting.reactions.person_changed",)

# Act of an earlier chapter -> what later chapters do about it, in order for each person: the entry is the news.
REACTIONS: dict[str, tuple[str, ...]] = {
    "register.person_admitted": _TARGETING,
    "register.person_transferred": _TARGETING,
    "register.person_released": _TARGETING,
    "register.person_escaped": _TARGETING,
    "register.death_recorded": _TARGETING,
    "register.movement_annulled": _TARGETING,
    "register.identity_corrected": _TARGETING,
    "register.identity_confirmed": _TARGETING,
    "register.main_offence_set": _TARGETING,
    "register.offences_changed": _TARGETING,
    "register.legal_status_set": _TARGETING,
    "register.security_facts_set": _TARGETING,
    "register.people_merged": _TARGETING,
    "register.people_unmerged": _TARGETING,
}

# Work that starts by itself once a day: kind of job, hour in Lima, title.
SCHEDULE: tuple[tuple[str, str, Any], ...] = (
    ("quality.run", "02:00", _("Revisión de la calidad de los datos")),
    ("register.sweep_files", "03:00", _("Retiro de archivos sin ficha")),
    ("register.find_duplicates", "04:00", _("Búsqueda de posibles duplicados")),
)

# What hangs from people in each chapter, and what a merge of two records does with it, in order.
MERGES: tuple[str, ...] = (
    "creo.register.commands.merging.DEPENDENTS",
    "creo.register.commands.file_dependents.DEPENDENTS",
    "creo.targeting.commands.merging.DEPENDENTS",
)
