"""What is sealed and how: the bytes of an entry, the members of a block, the digest that binds it to the one before.

The digest is plain SHA-256, so that anybody with the entries can recompute it; the seal over it (HMAC-SHA256) needs a
key that is not in the database, and the anchors (see `anchoring`) need nobody's word.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from creo.support.ledger.models import Block

FIRST = "0" * 64
# The largest block: what a verifier holds of one at a time, and what one broken block can hide at most.
MOST = 4_096
_ID, _LEAF = 8, 32
_COLUMNS = (
    "actor_id", "actor", "act", "subject_kind", "subject_code", "place", "reason", "before", "after", "pack", "context",
)  # fmt: skip
_MOMENT = "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
# One text an entry, made by the database from what it holds: every column, its type and its limits (JSON escapes).
CANONICAL = {
    "sqlite": "CAST(json_array(e.id, e.at, {}) AS BLOB)",
    "postgresql": f"convert_to(json_build_array(e.id, {_MOMENT}, {{}})::text, 'UTF8')",
}


def canonical(vendor: str) -> str:
    """The SQL of the bytes of an entry, in the table named `e`."""
    return CANONICAL[vendor].format(", ".join(f'e."{name}"' for name in _COLUMNS))


def leaf(content: bytes | memoryview) -> bytes:
    """The digest of one entry."""
    return hashlib.sha256(content).digest()


def packed(ids: Sequence[int], leaves: Sequence[bytes]) -> bytes:
    """The members of a block, as kept."""
    return b"".join(number.to_bytes(_ID, "big") for number in ids) + b"".join(leaves)


def unpacked(members: bytes, count: int) -> dict[int, bytes]:
    """The members of a block: digest by key. ValueError when there are not `count` of them, each once."""
    if len(members) != count * (_ID + _LEAF):
        raise ValueError("members")
    start = count * _ID
    ids = struct.unpack(f">{count}Q", members[:start])
    found = dict(zip(ids, [members[at : at + _LEAF] for at in range(start, len(members), _LEAF)], strict=True))
    if len(found) != count:
        raise ValueError("members")
    return found


def digest(block: Block) -> str:
    """The digest of a block: its place in its chain, its members, when it was sealed, and the block before."""
    moment = round(block.sealed_at.timestamp() * 1_000_000)
    head = [block.id, block.chain, block.number, block.first, block.last, block.count, moment, block.previous]
    made = hashlib.sha256(json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode())
    made.update(b"\n")
    made.update(block.members)
    return made.hexdigest()


def mac(key: bytes, of: str) -> str:
    """The seal over a digest."""
    return hmac.digest(key, of.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Head:
    """The last block of a chain."""

    chain: str
    number: int
    digest: str
    last: int


def merkle_root(leaves: Sequence[bytes]) -> str:
    """The root of a tree of digests (RFC 6962: leaves and nodes are hashed apart). '' leaves: of nothing."""
    level = [hashlib.sha256(b"\x00" + each).digest() for each in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = [level[n : n + 2] for n in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex()


def as_data(head: Head) -> dict[str, Any]:
    """A head as a sheet tells it."""
    return {"chain": head.chain, "number": head.number, "digest": head.digest, "last": head.last}
