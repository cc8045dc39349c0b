"""Who does what: the one table that joins kinds of work to the chapters that do them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions import Permission
from creo.support.approvals.acts import NATION, Approvable, Tier

# Kind of job -> the function that does it in the worker.
JOBS: dict[str, str] = {
    "imports.check": "creo.support.imports.commands.perform_check",
    "imports.apply": "creo.support.imports.commands.perform_apply",
    "register.find_duplicates": "creo.register.commands.perform_find_duplicates",
    "register.sweep_files": "creo.register.commands.perform_sweep_files",
    "targeting.run": "creo.targeting.commands.perform_run",
    "quality.run": "creo.support.quality.commands.perform_run",
    "accounts.review_due": "creo.support.accounts.commands.perform_review_due",
    "ledger.verify": "creo.support.ledger.proving.perform_verify",
    "secrets.reseal": "creo.support.secrets.commands.perform_reseal",
    "exports.make": "creo.support.exports.commands.perform_make",
    "exports.sweep": "creo.support.exports.commands.perform_sweep",
}

# Kind of job -> the page to open when it ends, filled with its arguments and result.
JOB_LINKS: dict[str, str] = {
    "imports.check": "/importaciones/{batch_id}/",
    "imports.apply": "/importaciones/{batch_id}/",
    "register.find_duplicates": "/personas/duplicados/",
    "register.sweep_files": "/trabajos/",
    "targeting.run": "/focalizacion/{run_id}/",
    "quality.run": "/calidad/",
    "accounts.review_due": "/accesos/revision/",
    "ledger.verify": "/actos/integridad/",
    "secrets.reseal": "/cifrado/",
    "exports.make": "/descargas/",
    "exports.sweep": "/trabajos/",
}

# Kind of import -> the object that checks and applies it.
IMPORT_KINDS: dict[str, str] = {
    "register": "creo.register.imports.KIND",
    "register.movements": "creo.register.imports.MOVEMENTS",
}

# List that can be handed out -> the function that makes it for a reader, from the query of its page.
EXPORTS: dict[str, str] = {
    "register.people": "creo.register.pages.lists.people_list",
    "register.movements": "creo.register.pages.movements.movements_list",
    "register.kept": "creo.register.pages.kept.kept_list",
    "register.duplicates": "creo.register.pages.duplicates.duplicates_list",
    "register.rights": "creo.register.pages.rights.rights_list",
    "register.offences": "creo.register.pages.law_catalogue.offences_list",
    "territory.facilities": "creo.territory.pages.lists.facilities_list",
    "targeting.results": "creo.targeting.pages.lists.results_list",
    "targeting.enrolments": "creo.targeting.pages.lists.enrolments_list",
    "targeting.reevaluations": "creo.targeting.pages.reevaluating.reevaluations_list",
    "targeting.movers": "creo.targeting.pages.comparing.movers_list",
    "quality.board": "creo.support.quality.pages.board.board_list",
    "overview.acts": "creo.overview.pages.acts.acts_list",
    "quality.findings": "creo.support.quality.pages.check.findings_list",
    "imports.differences": "creo.support.imports.difference_pages.differences_list",
    "announcements.inbox": "creo.support.announcements.pages.inbox_list",
    "announcements.deliveries": "creo.support.announcements.pages.deliveries_list",
    "approvals.proposals": "creo.support.approvals.pages.looking.proposals_list",
    "incidents.incidents": "creo.support.incidents.pages.looking.incidents_list",
    "looking.mine": "creo.support.looking.pages.mine_list",
    "looking.emergencies": "creo.support.looking.pages.emergencies_list",
    "looking.alerts": "creo.support.looking.pages.alerts_list",
    "register.looks": "creo.register.pages.looks_list",
    "accounts.staff": "creo.support.accounts.pages.staff.staff_list",
    "accounts.review": "creo.support.accounts.pages.review.review_list",
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
    ("ledger.verify", "01:00", _("Verificación del registro de actos")),
    ("quality.run", "02:00", _("Revisión de la calidad de los datos")),
    ("accounts.review_due", "02:30", _("Aviso de accesos por revisar")),
    ("register.sweep_files", "03:00", _("Retiro de archivos sin ficha")),
    ("exports.sweep", "03:30", _("Retiro de descargas vencidas")),
    ("register.find_duplicates", "04:00", _("Búsqueda de posibles duplicados")),
)

# What hangs from people in each chapter, and what a merge of two records does with it, in order.
MERGES: tuple[str, ...] = (
    "creo.register.commands.merging.DEPENDENTS",
    "creo.register.commands.file_dependents.DEPENDENTS",
    "creo.targeting.commands.merging.DEPENDENTS",
)

# Acts that need a second person: who proposes, who decides in which order, what is done then.
APPROVALS: dict[str, Approvable] = {
    "accounts.role_granted": Approvable(
        words=_("Otorgar un rol"),
        maker=Permission.MANAGE_ACCESS,
        tiers=(Tier(Permission.REVIEW_ACCESS),),
        handler="creo.support.accounts.commands.perform_grant",
        describe="creo.support.accounts.commands.describe_grant",
    ),
    "quality.hard_limit": Approvable(
        words=_("Cambiar el límite máximo de una revisión de datos"),
        maker=Permission.MANAGE_QUALITY,
        tiers=(Tier(Permission.MANAGE_QUALITY, NATION),),
        handler="creo.support.quality.limiting.approved_limits",
        describe="creo.support.quality.limiting.describe_limits",
        revise_view="quality:limits",
    ),
}

# Sensitive sheets of each chapter: they open for a purpose alone, and each look is recorded.
SHEETS: tuple[str, ...] = ("creo.register.commands.sheets.SHEETS",)
