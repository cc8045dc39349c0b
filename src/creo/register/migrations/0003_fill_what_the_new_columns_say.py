"""Fills what older rows did not say, and tells PostgreSQL how names and their sounds go together.

Keys of names are made by `creo prepare`, which runs this chapter's own code.
"""

from django.db import migrations

# What kind of entry or release a movement is stood only on its episode.
FILL = """
UPDATE register_movement SET detail = (
    SELECT c.entry_kind FROM register_custody c WHERE c.id = register_movement.custody_id
) WHERE kind = 'admission' AND detail = '';
UPDATE register_movement SET detail = (
    SELECT c.release_kind FROM register_custody c WHERE c.id = register_movement.custody_id
) WHERE kind = 'release' AND detail = '';
"""


def correlate(apps, editor):
    """A word has one sound: without this PostgreSQL expects few rows and loops where it should merge."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE STATISTICS IF NOT EXISTS register_namekey_words (dependencies, mcv) "
            "ON sound, word FROM register_namekey"
        )


def uncorrelate(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP STATISTICS IF EXISTS register_namekey_words")


class Migration(migrations.Migration):
    dependencies = [("register", "0002_register_at_national_scale")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(correlate, uncorrelate),
    ]
