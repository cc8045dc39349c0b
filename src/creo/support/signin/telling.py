"""What somebody is told about their own access at the next page they open (ASVS v5.0.0-6.3.5, 6.3.7)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support import clock
from creo.support.signin import sessions
from creo.support.signin.models import Notice
from creo.support.ui import formats

NEW_DEVICE, PASSWORD, FIRST_PASSWORD, FACTOR_ADDED, FACTOR_REMOVED, FACTORS_TAKEN, CODES, ENDED, REFUSED = (
    "new_device",
    "password",
    "first_password",
    "factor_added",
    "factor_removed",
    "factors_taken",
    "codes",
    "ended",
    "refused",
)
NOTICE_WORDS: dict[str, Any] = {
    NEW_DEVICE: gettext_lazy("Se entró a su cuenta desde un equipo o una dirección que no se había usado antes."),
    PASSWORD: gettext_lazy("Se cambió la contraseña de su cuenta."),
    FIRST_PASSWORD: gettext_lazy("Quien administra los accesos le dio una contraseña nueva."),
    FACTOR_ADDED: gettext_lazy("Se agregó un segundo factor a su cuenta."),
    FACTOR_REMOVED: gettext_lazy("Se quitó un segundo factor de su cuenta."),
    FACTORS_TAKEN: gettext_lazy("Quien administra los accesos retiró los segundos factores de su cuenta."),
    CODES: gettext_lazy("Se hicieron códigos de recuperación nuevos."),
    ENDED: gettext_lazy("Quien administra los accesos cerró sus sesiones."),
    REFUSED: gettext_lazy("Hubo varios intentos fallidos de entrar con su nombre de usuario."),
}


def leave(user_id: int, kind: str, *, address: str = "", device: str = "", but: str | None = None) -> None:
    """Leaves something to be told, in every open session but the one that did it."""
    Notice.objects.create(user_id=user_id, at=clock.now(), kind=kind, address=address, device=device)
    sessions.ask_to_tell(user_id, but)


def untold(user_id: int) -> bool:
    """True when something is waiting to be told. One query."""
    return Notice.objects.filter(user_id=user_id, told_at=None).exists()


def tell(request: HttpRequest) -> None:
    """Puts what is waiting on the page, once."""
    mine = Notice.objects.filter(user_id=cast("int", request.user.pk), told_at=None)
    waiting = list(mine.order_by("id")[:5])
    for notice in waiting:
        messages.warning(request, words(notice))
    mine.update(told_at=clock.now())
    sessions.note(request, tell=False)


def words(notice: Notice) -> str:
    """A notice in one sentence, with when and from where, and what to do when it was not oneself."""
    where = " · ".join(part for part in (formats.moment(notice.at), notice.address, notice.device) if part)
    text = NOTICE_WORDS.get(notice.kind, "")
    return f"{text} ({where}). {_('Si no fue usted, cambie su contraseña y avise a quien administra los accesos.')}"
