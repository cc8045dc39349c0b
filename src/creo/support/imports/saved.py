"""Formats of origin that people described themselves: data, in versions, found again by the headers of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.imports.checks import Field
from creo.support.imports.headers import Header
from creo.support.imports.kinds import ImportKind, Mappable, kind_for
from creo.support.imports.mapping import BadMapping, SourceMapping, key, parse_mapping
from creo.support.imports.models import ImportBatch, SavedMapping
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused

PREFIX = "propio-"
KINDS_OF_WORDS = ("choice", "code", "boolean")


def fingerprint(headers: Iterable[str]) -> str:
    """The same for files with the same columns, whatever their order, case or accents."""
    return hashlib.sha256("\n".join(sorted(key(name) for name in headers)).encode()).hexdigest()


def code_of(saved: SavedMapping) -> str:
    """The code of a saved format as a batch keeps it: that very version."""
    return f"{PREFIX}{saved.pk}"


def as_mapping(saved: SavedMapping) -> SourceMapping:
    """A saved format as any other."""
    title = _("%(name)s (versión %(version)d)") % {"name": saved.name, "version": saved.version}
    return parse_mapping({**saved.rules, "code": code_of(saved), "title": title}, saved.name)


def find(kind: str, code: str) -> SourceMapping | None:
    """The saved format with a code, present or past; None for none."""
    number = code.removeprefix(PREFIX)
    if not code.startswith(PREFIX) or not number.isdigit():
        return None
    saved = SavedMapping.objects.filter(kind=kind, pk=int(number)).first()
    return as_mapping(saved) if saved is not None else None


def offered(kind: str) -> list[SourceMapping]:
    """The saved formats in force of a kind, by name."""
    return [as_mapping(saved) for saved in SavedMapping.objects.filter(kind=kind, ended_at=None).order_by("name")]


def recognised(kind: str, headers: Sequence[str]) -> SourceMapping | None:
    """The saved format in force for a file with these headers; the latest when there are several."""
    rows = SavedMapping.objects.filter(kind=kind, ended_at=None, fingerprint=fingerprint(headers))
    saved = rows.order_by("-made_at", "-id").first()
    return as_mapping(saved) if saved is not None else None


def listed(reader: Reader, kind: str) -> list[SavedMapping]:
    """Every version of every saved format of a kind, those in force first. Forbidden without the permission."""
    reader.require(kind_for(kind).permission)
    rows = list(SavedMapping.objects.filter(kind=kind).order_by("name", "-version"))
    return sorted(rows, key=lambda row: row.ended_at is not None)


def fields_of(kind: ImportKind) -> tuple[Field, ...]:
    """The fields that a format may fill; none for a kind that does not say."""
    return tuple(kind.fields(clock.today())) if isinstance(kind, Mappable) else ()


@ledger.command(permission=Permission.IMPORT_REGISTER)
def save_mapping(
    *, by: Reader, kind: str, name: str, rules: Mapping[str, Any], headers: Sequence[str], reason: str
) -> SavedMapping:
    """Keeps a format as a new version of its name; the one before stays as it was, ended. Refused naming each fault."""
    found = kind_for(kind)
    by.require(found.permission)
    faults = {**_check_name(name), **({} if reason.strip() else {"reason": _("Escriba el motivo.")})}
    messages = [*faults.values(), *_check_rules(found, name, rules, headers)]
    if messages:
        raise Refused(messages, fields=faults)
    at, name = clock.now(), " ".join(name.split())
    with transaction.atomic():
        before = SavedMapping.objects.select_for_update().filter(kind=kind, name=name, ended_at=None).first()
        last = SavedMapping.objects.filter(kind=kind, name=name).order_by("-version").first()
        if before is not None and before.rules == rules:
            ledger.nothing_to_do("the format already says so")
            return before
        if before is not None:
            before.ended_at = at
            before.save(update_fields=["ended_at"])
        saved = SavedMapping.objects.create(
            kind=kind,
            name=name,
            version=last.version + 1 if last else 1,
            rules=dict(rules),
            fingerprint=fingerprint(headers),
            reason=reason.strip(),
            made_by=by.name,
            made_by_id=by.user_id,
            made_at=at,
        )
    ledger.record(
        act="imports.mapping_saved",
        subject=("mapping", code_of(saved)),
        reason=reason.strip(),
        before={"mapping": code_of(before)} if before else None,
        after={"kind": kind, "name": name, "version": saved.version, "rules": dict(rules)},
    )
    return saved


@ledger.command(permission=Permission.IMPORT_REGISTER)
def end_mapping(*, by: Reader, kind: str, number: int, reason: str) -> None:
    """A format is offered no more; what it imported keeps its name. Refused without a reason."""
    by.require(kind_for(kind).permission)
    saved = SavedMapping.objects.select_for_update().filter(kind=kind, pk=number).first()
    if saved is None:
        raise NotFound
    if saved.ended_at is not None:
        ledger.nothing_to_do("the format had ended")
        return
    if not reason.strip():
        raise Refused(_("Escriba el motivo."), fields={"reason": _("Escriba el motivo.")})
    saved.ended_at = clock.now()
    saved.save(update_fields=["ended_at"])
    ledger.record(act="imports.mapping_ended", subject=("mapping", code_of(saved)), reason=reason.strip())


@ledger.command(permission=None)
def choose_mapping(*, by: Reader, batch: ImportBatch, code: str) -> None:
    """A file that was not applied is read with another format from now on."""
    before = batch.mapping
    ImportBatch.objects.filter(pk=batch.pk).update(mapping=code)
    ledger.record(
        act="imports.mapping_chosen",
        subject=("import", str(batch.pk)),
        before={"mapping": before},
        after={"mapping": code},
    )


def _check_name(name: str) -> dict[str, str]:
    plain = " ".join(name.split())
    if not plain:
        return {"name": _("Escriba un nombre para el formato.")}
    return {"name": _("El nombre tiene más de 60 letras.")} if len(plain) > 60 else {}


def _check_rules(kind: ImportKind, name: str, rules: Mapping[str, Any], headers: Sequence[str]) -> list[str]:
    """What a format cannot say: unknown fields, words that mean nothing, columns that the file lacks."""
    fields = {field.name: field for field in fields_of(kind)}
    given = {**rules.get("columns", {}), **rules.get("constants", {})}
    messages = [_("No se conoce el campo [%(name)s].") % {"name": each} for each in sorted(set(given) - set(fields))]
    if not rules.get("columns"):
        return [*messages, _("Elija al menos una columna del archivo.")]
    for field in fields.values():
        if field.required and field.name not in given:
            messages.append(_("Falta indicar la columna de «%(label)s».") % {"label": field.label})
        messages += _check_words(field, rules["columns"].get(field.name, {}), rules.get("constants", {}))
    try:
        mapping = parse_mapping({**rules, "code": "x", "title": name or "x"}, name)
        mapping.bind(Header(1, tuple(headers)).names)
    except BadMapping as fault:
        messages.append(str(fault))
    except Refused as refusal:
        messages += refusal.messages
    return messages


def _check_words(field: Field, rule: Mapping[str, Any], constants: Mapping[str, str]) -> list[str]:
    accepted = {key(text) for text in (*field.choices, *field.codes)}
    if field.kind == "boolean":
        accepted = {"si", "no"}
    if field.kind not in KINDS_OF_WORDS:
        return []
    said = [*rule.get("values", {}).values(), *([constants[field.name]] if field.name in constants else [])]
    return [
        _("«%(label)s»: [%(word)s] no está entre lo que se acepta.") % {"label": field.label, "word": word}
        for word in said
        if word and key(word) not in accepted
    ]
