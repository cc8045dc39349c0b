"""The tables of acts and of their proof. No foreign keys: history outlives what it tells about."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, written in the transaction of the command that did it. Never changed, never removed."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    act = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # The command it belongs to; 0 for those older than packs.
    pack = models.BigIntegerField(default=0, db_default=0)
    # Where the act came from: address, session or key, request; None for work without a request.
    context = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_code"], name="ledger_subject"),
            models.Index(fields=["act", "id"], name="ledger_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.act} {self.subject_kind} {self.subject_code}"


class Pack(models.Model):
    """A command whose entries are not sealed yet: seen by the sealer only when its transaction is committed.

    Its row goes when its entries are sealed. Their keys are `first` or higher.
    """

    first = models.BigIntegerField()
    at = models.DateTimeField()


class Block(models.Model):
    """Some entries of one chain, sealed together; each block holds the digest of the one before."""

    # Given by the sealer, without gaps over all chains: a block that is missing shows.
    id = models.BigIntegerField(primary_key=True)
    chain = models.CharField(max_length=40)
    number = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField(db_index=True)
    count = models.IntegerField()
    # The keys of its entries (8 bytes each), then the digest of each (32 bytes each), both in the same order.
    members = models.BinaryField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    # Over the digest, with a key that is not in the database.
    key = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="ledger_block_number")]

    def __str__(self) -> str:
        return f"{self.chain or '-'} {self.number}"


class Anchor(models.Model):
    """The heads of all chains at a moment, signed and put somewhere else; the row tells where."""

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    # Exactly what was signed: the verifier reads these bytes.
    sheet = models.TextField()
    root = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)
    # What happened at each place: [{"kind": "folder" | "authority", "where", "done", "why"}].
    places = models.JSONField(default=list)
    token = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"


class Change(models.Model):
    """One row of a table as it was and as it became, written by the database itself; without pack, nobody's command."""

    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    key = models.CharField(max_length=80)
    operation = models.CharField(max_length=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    pack = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["pack", "id"], name="ledger_change_pack")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.key}"
