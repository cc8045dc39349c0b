"""Anchors: the heads of all chains, signed together and put where the database's owner cannot reach them.

A sheet is a text; its signature (Ed25519) and the public key stand beside it in the same file, so that another office
verifies it with no more than this file. Each holds the digest of the one before: none can be left out.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection, models, transaction

from creo.support import clock
from creo.support.ledger import chain, keys, stamping
from creo.support.ledger.chain import Head
from creo.support.ledger.models import Anchor, Block
from creo.support.ledger.sealing import LOCK
from creo.support.ledger.verifying import Fault

EVERY = timedelta(hours=1)
NAME, NAME_PATTERN = "creo-ancla-{:08d}.json", "creo-ancla-*.json"
BEFORE_ALL = "0" * 64


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it is in a file or in the table."""

    number: int
    text: str
    signature: str
    public_key: str

    @property
    def told(self) -> Mapping[str, Any]:
        """What it says."""
        found: Mapping[str, Any] = json.loads(self.text)
        return found


def own_place() -> Path:
    """Outside the database, on the same machine: always."""
    return Path(settings.CREO_DATA_DIR) / "anchors"


def second_place() -> Path | None:
    """Somewhere else (another machine's folder), when one is configured."""
    told = getattr(settings, "CREO_ANCHOR_DIR", None)
    return Path(told) if told else None


# From chain to chain through the index, however many blocks each has.
_HEADS = """
    WITH RECURSIVE c(chain) AS (
      SELECT MIN(chain) FROM ledger_block
      UNION ALL
      SELECT (SELECT MIN(b.chain) FROM ledger_block b WHERE b.chain > c.chain) FROM c WHERE c.chain IS NOT NULL
    )
    SELECT b.chain, b.number, b.digest, b.last FROM c JOIN ledger_block b ON b.chain = c.chain
    WHERE b.number = (SELECT MAX(x.number) FROM ledger_block x WHERE x.chain = c.chain) ORDER BY b.chain
"""


def heads() -> list[Head]:
    """The last block of every chain, by name. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        return sorted((Head(*row) for row in cursor.fetchall()), key=lambda head: head.chain)


def anchor() -> Anchor | None:
    """Signs the heads of now and puts the sheet at every place; None while another process does. One row.

    Files and the authority are waited for outside of any transaction of SQLite, where one would hold up every write.
    """
    with _alone() as alone:
        if not alone:
            return None
        before = last_sheet()
        sheet = _sheet(before)
        places = [_put(own_place(), sheet)]
        there = second_place()
        if there is not None:
            places.append(_completed(there, sheet))
        token, stamped = stamping.stamp(sheet.text.encode())
        if stamped is not None:
            places.append(stamped)
        told = sheet.told
        return Anchor.objects.create(
            number=sheet.number,
            at=datetime.fromisoformat(told["at"]),
            sheet=sheet.text,
            root=told["root"],
            signature=sheet.signature,
            public_key=sheet.public_key,
            places=places,
            token=token,
        )


def last_sheet() -> Sheet | None:
    """The newest sheet known anywhere: after a restored copy the numbers go on from those outside."""
    row = Anchor.objects.order_by("-number").values_list("number", "sheet", "signature", "public_key").first()
    known = [Sheet(*row)] if row else []
    for folder in (own_place(), second_place()):
        names = sorted(folder.glob(NAME_PATTERN))[-1:] if folder is not None and folder.is_dir() else []
        known += [sheet for sheet in map(_read, names) if signed_by(sheet, our_public_keys())]
    return max(known, key=lambda sheet: sheet.number, default=None)


def anchor_due() -> Anchor | None:
    """Anchors when an hour passed since the last one, or when it reached no other place than ours and one is there."""
    last = Anchor.objects.order_by("-number").values_list("at", flat=True).first()
    if last is not None and abs(clock.now() - last) < EVERY:
        return None
    return anchor() if Block.objects.exists() else None


@contextmanager
def _alone() -> Iterator[bool]:
    """True when no other process anchors now."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK + 1])
            yield bool(cursor.fetchone()[0])
        return
    with (Path(settings.CREO_DATA_DIR) / "anchors.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _sheet(before: Sheet | None) -> Sheet:
    found = heads()
    counted = Block.objects.aggregate(blocks=models.Max("id"), entries=models.Sum("count"))
    told = {
        "system": "CREO",
        "number": before.number + 1 if before else 1,
        "at": clock.now().isoformat(),
        "previous": digest_of(before.text) if before else BEFORE_ALL,
        "blocks": counted["blocks"] or 0,
        "entries": counted["entries"] or 0,
        "root": root_of(found),
        "heads": [chain.as_data(head) for head in found],
    }
    text = json.dumps(told, ensure_ascii=False, indent=1)
    signer = Ed25519PrivateKey.from_private_bytes(keys.ring()[0].sign)
    return Sheet(int(str(told["number"])), text, signer.sign(text.encode()).hex(), _public(signer))


def root_of(found: list[Head]) -> str:
    """The root over the heads, in the order given."""
    return chain.merkle_root([json.dumps(chain.as_data(head), sort_keys=True).encode() for head in found])


def digest_of(text: str) -> str:
    """The digest of a sheet."""
    return hashlib.sha256(text.encode()).hexdigest()


def _public(signer: Ed25519PrivateKey) -> str:
    return signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def our_public_keys() -> set[str]:
    """The keys whose signature is ours."""
    return {_public(Ed25519PrivateKey.from_private_bytes(key.sign)) for key in keys.ring()}


def _completed(folder: Path, sheet: Sheet) -> dict[str, Any]:
    """Puts the sheet, and before it those that the place lacks because it was out of reach."""
    try:
        there = {path.name for path in folder.glob(NAME_PATTERN)}
    except OSError:
        there = set()
    for older in in_table():
        if NAME.format(older.number) not in there and not _put(folder, older)["done"]:
            break
    return _put(folder, sheet)


def _put(folder: Path, sheet: Sheet) -> dict[str, Any]:
    """Writes the file of a sheet in a folder, whole or not at all. Tells what happened."""
    told = {"kind": "folder", "where": str(folder), "done": True, "why": ""}
    target = folder / NAME.format(sheet.number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".nueva")
        aside.write_text(as_file(sheet))
        aside.replace(target)
    except OSError as error:
        told |= {"done": False, "why": str(error.strerror or error)}
    return told


def as_file(sheet: Sheet) -> str:
    """The file of a sheet: its text, exactly as signed, and what verifies it."""
    return json.dumps(
        {"sheet": sheet.text, "signature": sheet.signature, "public_key": sheet.public_key, "algorithm": "Ed25519"},
        ensure_ascii=False,
        indent=1,
    )


# Against the anchors --------------------------------------------------------------------------------------------------


def in_folder(folder: Path) -> list[Sheet]:
    """The sheets of a folder, by number; a file that is not a sheet has its number and no signature."""
    return sorted(map(_read, folder.glob(NAME_PATTERN)), key=lambda sheet: sheet.number)


def _read(path: Path) -> Sheet:
    number = int("".join(filter(str.isdigit, path.stem)) or 0)
    try:
        told = json.loads(path.read_text())
        return Sheet(number, str(told["sheet"]), str(told["signature"]), str(told["public_key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Sheet(number, "{}", "", "")


def in_table() -> list[Sheet]:
    """The sheets that the database keeps."""
    rows = Anchor.objects.order_by("number").values_list("number", "sheet", "signature", "public_key")
    return [Sheet(*row) for row in rows]


def compare(sheets: list[Sheet], trusted: set[str] | None = None) -> Iterator[Fault]:
    """What contradicts some anchors, oldest first: sheets not ours or missing, chains that are not those anchored.

    `trusted`: the public keys that count as ours; those of the key file when nothing is given.
    """
    trusted = our_public_keys() if trusted is None else trusted
    previous, wanted = BEFORE_ALL, 1
    seen: set[tuple[str, str]] = set()
    held: dict[str, int] = {}
    for sheet in sheets:
        if not signed_by(sheet, trusted) or sheet.told.get("number") != sheet.number:
            yield Fault("sheet", detail=str(sheet.number))
            previous, wanted = "", sheet.number + 1
            continue
        if sheet.number != wanted:
            yield Fault("no_sheet", detail=str(wanted))
        elif previous and sheet.told["previous"] != previous:
            yield Fault("sheet", detail=str(sheet.number))
        previous, wanted = digest_of(sheet.text), sheet.number + 1
        for fault in _against(sheet, held):
            # One fault a chain and kind: later anchors contradict it too.
            if (fault.kind, fault.chain) not in seen:
                seen.add((fault.kind, fault.chain))
                yield fault


def signed_by(sheet: Sheet, trusted: set[str]) -> bool:
    """True when the signature is of one of those keys over exactly that text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(sheet.public_key)).verify(
            bytes.fromhex(sheet.signature), sheet.text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return sheet.public_key in trusted


def _against(sheet: Sheet, held: dict[str, int]) -> Iterator[Fault]:
    """The heads of a sheet and the blocks of now. `held`: up to which block each chain agreed with older sheets."""
    wanted = {(head["chain"], head["number"]): head for head in sheet.told["heads"]}
    found: dict[tuple[str, int], str] = {}
    for some in batched(wanted, 100):
        which = models.Q(*[models.Q(chain=name, number=number) for name, number in some], _connector=models.Q.OR)
        rows = Block.objects.filter(which).values_list("chain", "number", "digest")
        found |= {(name, number): digest for name, number, digest in rows}
    for (name, number), head in wanted.items():
        digest, detail = found.get((name, number)), str(sheet.number)
        if digest == head["digest"]:
            held[name] = number
        elif digest is None:
            yield Fault("cut", head["last"], name, number, detail)
        else:
            yield Fault("rewritten", _first_after(name, held.get(name, 0)), name, number, detail)


def _first_after(name: str, number: int) -> int:
    """The first entry after the last block that agreed: the rewriting began there or later."""
    found = Block.objects.filter(chain=name, number=number + 1).values_list("first", flat=True).first()
    return found or 0
