"""Every page of the site with a sample of its parameters, found from the addresses themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Routes that answer no page to look at: what they do is tested with their chapter.
NOT_PAGES = {
    "sign_out": "only takes a form",
    "set_language": "only takes a form",
    "account_login": "the sign-in page, by the library's name",
    "mfa_authenticate": "the second step of a sign-in: support/signin tests it",
    "passkey_in": "gives a question to a script, and takes a form",
    "openid_connect_login": "of a directory, none by default",
    "openid_connect_callback": "of a directory, none by default",
    "socialaccount_login_cancelled": "leads to the sign-in page",
    "socialaccount_login_error": "leads to the sign-in page",
    "socialaccount_signup": "leads to the sign-in page",
    "socialaccount_connections": "leads to the sign-in page",
    "signin:unlink": "of a directory, none by default",
    "overview:verify": "only takes a form",
    "health": "for machines",
    "policy_reports": "only takes what browsers report",
    "register:own_file_copy": "gives a file, of a delivery that its reader recorded today",
    "api_description": "for machines, behind a key",
}
# The API is for machines: tests/api/test_operations.py walks its operations.
NOT_PLACES = {"api"}


@dataclass(frozen=True)
class Samples:
    """Parameters that exist in the small nation."""

    person: str
    run: int
    job: int
    inbox_item: int
    delivery: int
    batch: int
    draft: int
    pair: int
    merge: int
    document: int
    request: str
    finding: int
    exception: int
    grant: int
    emergency: int
    alert: int
    canary: int
    key: int
    entry: int
    proposal: int
    delegation: int
    incident: str
    incident_event: int
    seal_key: str
    download: str
    session: int
    factor: int


def names(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every view name with its pattern."""
    found: list[tuple[str, URLPattern]] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace in NOT_PLACES:
                continue
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += names(pattern.url_patterns, space)
        elif pattern.name:
            found.append((prefix + pattern.name, pattern))
    return found


def sample(view: str, samples: Samples) -> dict[str, object]:
    """The parameters of one view; KeyError tells that a new page needs its sample here."""
    slice_, _, page = view.partition(":")
    by_slice: dict[str, dict[str, object]] = {
        "programme": {
            "code": {"product": "P4", "activity": "A3.4", "edit_item": "P4"}.get(page, "cover"),
            "kind": {"document": "xlsx", "table_file": "xlsx", "edit_item": "meta"}.get(page, ""),
            "number": samples.draft if page in ("edit", "edit_item", "put_in_force", "discard") else 1,
        },
        "territory": {"code": "EP-PIURA", "ubigeo": "20", "kind": "csv", "pavilion": "P-1"},
        "register": {
            "code": samples.person,
            "way": "hospital",
            "offence": "CP-189",
            "kind": "csv",
            "pair_id": samples.pair,
            "merge_id": samples.merge,
            "document_id": samples.document,
            "number": samples.request,
            "question": "disability",
            "alias_id": 1,
            "biometric_id": 1,
            "fact_id": 1,
            "entry_id": 1,
        },
        "targeting": {"code": samples.person, "number": samples.run, "kind": "csv"},
        "overview": {"code": samples.person, "kind": "csv", "number": samples.entry},
        "looking": {
            "emergency_id": samples.emergency,
            "alert_id": samples.alert,
            "canary_id": samples.canary,
            "kind": "csv",
        },
        "accounts": {"username": "registro", "grant_id": samples.grant, "kind": "csv"},
        # A session and a factor of «registro»: for anybody else they are as if they were not.
        "signin": {
            "username": "registro",
            "session_id": samples.session,
            "factor_id": samples.factor,
            "directory": "ninguno",
            "subject": "sujeto-1",
        },
        "secrets": {"key_id": samples.seal_key},
        "exports": {"number": samples.download},
        "imports": {"batch_id": samples.batch, "kind": "register", "number": 1},
        "jobs": {"job_id": samples.job},
        "announcements": {"item_id": samples.inbox_item, "delivery_id": samples.delivery, "kind": "csv"},
        "quality": {
            "code": "birth_date_missing",
            "kind": "csv",
            "finding_id": samples.finding,
            "exception_id": samples.exception,
        },
        "figures": {"number": 1, "table": "custody-family"},
        "scoping": {"kind": "csv"},
        "approvals": {"proposal_id": samples.proposal, "delegation_id": samples.delegation, "kind": "csv"},
        "incidents": {
            "code": samples.incident,
            "event_id": samples.incident_event,
            "whom": "autoridad",
            "slot": "officer",
            "kind": "pdf" if page == "notification" else "csv",
        },
        "key": {"key_id": samples.key},
    }
    return by_slice.get(slice_, {})


def addresses(samples: Samples) -> dict[str, str]:
    """View name -> address, for every page that can be opened."""
    found = {}
    for view, pattern in names():
        if view in NOT_PAGES:
            continue
        wanted = pattern.pattern.converters
        values = sample(view, samples)
        found[view] = reverse(view, kwargs={name: values[name] for name in wanted})
    return found
