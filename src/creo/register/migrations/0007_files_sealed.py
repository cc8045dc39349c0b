"""Medical reports and evaluations that lie plain in the folder of files are sealed.

Apart from the texts, and not in a transaction: a file is not given back when one fails. A run that was cut short goes
on where it was; until then a document opens from either form.
"""

from django.db import migrations

from creo.support.files import storage


def seal_files(apps, schema_editor):
    """Each file of a class apart; one that a general document shows too stays plain beside."""
    _each(apps, storage.seal_kept)


def unseal_files(apps, schema_editor):
    """The way back, for the release before."""
    _each(apps, lambda sha256, keep_plain: storage.unseal_kept(sha256))


def _each(apps, change):
    rows = apps.get_model("register", "Document").objects
    general = rows.filter(access="general")
    apart = rows.exclude(access="general").order_by("sha256").values_list("sha256", flat=True).distinct()
    for sha256 in apart.iterator(chunk_size=500):
        change(sha256, keep_plain=general.filter(sha256=sha256).exists())


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("register", "0006_texts_sealed")]

    operations = [migrations.RunPython(seal_files, unseal_files)]
