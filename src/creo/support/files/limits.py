"""How much may be uploaded: a file, and a person's files in a day."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from creo.support.refusals import Refused
from creo.support.ui import formats

MB = 2**20


def most_bytes() -> int:
    """The size of the largest file, in bytes."""
    return int(settings.CREO_FILE_BYTES)


def too_big() -> str:
    """What is said of a file over the limit."""
    return _("El archivo pesa más de %(most)d MB. Escanéelo con menos resolución o divídalo.") % {
        "most": most_bytes() // MB
    }


def check_day(used: int, more: int) -> None:
    """Refused when somebody's files of the day would pass the quota (ASVS 5.2.4). Both in bytes."""
    most = int(settings.CREO_FILE_DAY_BYTES)
    if used + more > most:
        raise Refused(
            _("Hoy ya subió %(used)s MB y el máximo por persona y día es %(most)d MB. Continúe mañana.")
            % {"used": formats.number(used / MB, 1), "most": most // MB}
        )
