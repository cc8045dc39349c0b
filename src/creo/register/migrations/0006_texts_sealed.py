"""Health, assessments and complaints are sealed: texts of the tables, and what the ledger repeated of them.

On PostgreSQL and SQLite alike; afterwards `creo keys scrub` (or `creo prepare`, which does it by itself).
"""

import json
from datetime import date

from django.db import migrations, models

import creo.support.secrets.fields
from creo.support.secrets import cipher
from creo.support.secrets.fields import new_seal
from creo.support.secrets.migrating import (
    check_at_once,
    fill_seals,
    rewritten,
    seal_texts,
    unseal_texts,
    wipe_freed,
)

SEALED = {
    "document": ("title", "label", "corrects", "withdrawn_reason"),
    "protectedfact": ("source", "annulled_reason"),
    "rightsrequest": ("asker_name", "what", "answer"),
}
SAID = ("answer", "value", "needs", "interpreter", "number", "day")
# As `rules.protected_told` wrote it on the day of this migration.
LENGTHS = (191, 767)
ROWS = 500


def pack(said):
    """One answer as one text, filled up so that its length does not tell it."""
    answer, value, needs, interpreter, number, day = said
    yes_no = None if interpreter is None else bool(interpreter)
    told = [answer, value, needs, yes_no, number, None if day is None else str(day)]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    return text + " " * (next((length for length in LENGTHS if length >= size), size) - size)


def unpack(text):
    """The columns of a packed answer."""
    *said, day = json.loads(text)
    return [*said, None if day is None else date.fromisoformat(day)]


def seal_answers(apps, schema_editor):
    """What was answered goes into the one sealed column."""
    _convert(apps, schema_editor, SAID, ("said",), lambda said, where: [cipher.seal(pack(said), where)])


def unseal_answers(apps, schema_editor):
    """The way back."""
    _convert(apps, schema_editor, ("said",), SAID, lambda said, where: unpack(cipher.unseal(said[0], where)))


def _convert(apps, schema_editor, read, written, change):
    quote = schema_editor.quote_name
    table = quote(apps.get_model("register", "ProtectedFact")._meta.db_table)
    names, sets = ", ".join(map(quote, read)), ", ".join(f"{quote(name)} = %s" for name in written)
    check_at_once(schema_editor)
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT id, seal_id, {names} FROM {table} WHERE id > %s ORDER BY id LIMIT {ROWS}", [last])
            rows = cursor.fetchall()
            if not rows:
                return
            for key, seal, *values in rows:
                new = change(values, f"register.protectedfact.said/{seal}")
                cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*new, key])
            last = rows[-1][0]
            rewritten("register_protectedfact")


def hide_reasons(apps, schema_editor):
    """Why a document was corrected passes from the ledger to the document; of health and assessments it leaves it.

    Only from entries that no block of the ledger has sealed yet: every one, when all migrations run together.
    """
    check_at_once(schema_editor)
    Document, Entry = apps.get_model("register", "Document"), apps.get_model("ledger", "Entry")
    Block = apps.get_model("ledger", "Block")
    sealed = Block.objects.aggregate(last=models.Max("last"))["last"] or 0
    # A document by the entry that names it: `after` of a correction, `before` of a withdrawal.
    hidden, acts = False, {"register.document_replaced": "after", "register.document_withdrawn": "before"}
    for entry in Entry.objects.filter(act__in=acts).exclude(reason="").order_by("id").iterator(chunk_size=ROWS):
        told = getattr(entry, acts[entry.act]) or {}
        row = Document.objects.filter(pk=told.get("document")).values("pk", "access").first()
        if row is None:
            continue
        if entry.act == "register.document_replaced":
            _fill_corrects(schema_editor, row["pk"], entry.reason)
        if row["access"] != "general" and entry.pk > sealed:
            Entry.objects.filter(pk=entry.pk).update(reason="")
            hidden = True
    if hidden:
        rewritten("ledger_entry")


def _fill_corrects(schema_editor, key, reason):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE register_document SET corrects = %s WHERE id = %s", [reason[:400], key])


def seals(name):
    """The seal of each row of a table: first without one, then each its own, then unique."""
    kept = {"editable": False, "max_length": 32}
    return [
        # Without a default: SQLite would give every row the same.
        migrations.AddField(name, "seal_id", models.CharField(null=True, **kept)),
        migrations.RunPython(fill_seals(f"register.{name}"), migrations.RunPython.noop),
        migrations.AlterField(name, "seal_id", models.CharField(default=new_seal, unique=True, **kept)),
    ]


def encrypted(name, column, **options):
    """A column that becomes a sealed one."""
    return migrations.AlterField(name, column, creo.support.secrets.fields.EncryptedTextField(**options))


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0005_who_is_away_and_who_died"),
        ("ledger", "0003_sealed_in_chains"),
    ]

    operations = [
        migrations.RunPython(wipe_freed, wipe_freed),
        migrations.RemoveConstraint("protectedfact", "protected_disability_known"),
        migrations.RemoveConstraint("protectedfact", "protected_none_says_nothing_else"),
        migrations.RemoveConstraint("protectedfact", "protected_answer_known"),
        migrations.AddField(
            "document", "corrects", creo.support.secrets.fields.EncryptedTextField(blank=True, max_length=400)
        ),
        *seals("document"),
        *seals("protectedfact"),
        *seals("rightsrequest"),
        migrations.RunPython(hide_reasons, migrations.RunPython.noop),
        encrypted("document", "label", max_length=110),
        encrypted("document", "title", max_length=160),
        encrypted("document", "withdrawn_reason", blank=True, max_length=400),
        encrypted("protectedfact", "annulled_reason", blank=True, max_length=400),
        encrypted("protectedfact", "source", max_length=200),
        encrypted("rightsrequest", "answer", blank=True, max_length=1000),
        encrypted("rightsrequest", "asker_name", blank=True, max_length=160),
        encrypted("rightsrequest", "what", max_length=1000),
        migrations.AddField(
            "protectedfact",
            "said",
            creo.support.secrets.fields.EncryptedTextField(default="", max_length=1200),
            preserve_default=False,
        ),
        # So that the way back may make the column again.
        migrations.AlterField("protectedfact", "answer", models.CharField(max_length=4, default="none")),
        migrations.RunPython(seal_answers, unseal_answers),
        *(migrations.RemoveField("protectedfact", column) for column in SAID),
        *(
            migrations.RunPython(seal_texts(f"register.{name}", *columns), unseal_texts(f"register.{name}", *columns))
            for name, columns in SEALED.items()
        ),
        *(
            migrations.AddConstraint(name, creo.support.secrets.fields.sealed_constraint(called, *columns))
            for name, called, columns in (
                ("document", "document_texts_sealed", ("title", "label", "corrects", "withdrawn_reason")),
                ("protectedfact", "protected_texts_sealed", ("said", "source", "annulled_reason")),
                ("rightsrequest", "right_texts_sealed", ("asker_name", "what", "answer")),
            )
        ),
        migrations.AddIndex("document", models.Index(fields=["place", "-id"], name="document_by_place")),
        migrations.AddConstraint(
            "protectedfact",
            models.CheckConstraint(
                condition=models.Q(("said", ""), _negated=True), name="protected_says_something"
            ),
        ),
    ]
