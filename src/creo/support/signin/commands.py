"""Acts of sign-in. Each leaves its entry in the ledger; no entry holds a password, a code or a secret."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.signin import factors, limits, queries, sessions, telling
from creo.support.signin.models import Credential
from creo.support.signin.passwords import first_password

UNKNOWN = "desconocida"


def _own(by: Reader) -> User:
    if by.user_id is None:
        raise NotFound
    return User.objects.select_for_update().get(pk=by.user_id)


def _subject(user: User) -> tuple[str, str]:
    return ("account", user.username)


@ledger.command(permission=None)
def note_signed_in(
    *, by: Reader, username: str, address: str, device: str, methods: list[str], odd: bool, session_key: str
) -> None:
    """Somebody entered. `odd` (never seen address and browser) is told in their other sessions and next time."""
    after = {"address": address, "device": device, "methods": methods, "odd": odd}
    ledger.record(act="accounts.signed_in", subject=("account", username), after=after)
    if odd and by.user_id is not None:
        telling.leave(by.user_id, telling.NEW_DEVICE, address=address, device=device, but=session_key)


def note_refused(*, username: str, address: str, locked: bool) -> None:
    """Somebody did not enter; the tries after the one that closes the door are counted, not written one by one."""
    _note_refused(by=system("ingreso"), username=username, address=address, locked=locked)


@ledger.command(permission=None)
def _note_refused(*, by: Reader, username: str, address: str, locked: bool) -> None:
    after = {"address": address, "locked": locked}
    ledger.record(act="accounts.sign_in_refused", subject=("account", username or UNKNOWN), after=after)
    user = User.objects.filter(username=username).first() if locked and username else None
    if user is not None:
        telling.leave(user.pk, telling.REFUSED, address=address)


@ledger.command(permission=None)
def note_signed_out(*, by: Reader, username: str) -> None:
    """Somebody left."""
    ledger.record(act="accounts.signed_out", subject=("account", username))


@ledger.command(permission=None)
def change_password(*, by: Reader, current: str, new: str, keep: str | None) -> User:
    """One's own new password; every other session ends. Refused beside its field. `keep` is this session's key."""
    user = _own(by)
    if not user.check_password(current):
        raise Refused(wrong := _("No es su contraseña actual."), fields={"current": wrong})
    if current == new:
        raise Refused(same := _("La contraseña nueva es igual a la actual. Elija otra."), fields={"new": same})
    try:
        validate_password(new, user)
    except ValidationError as error:
        reasons = list(error.messages)
        raise Refused(reasons, fields={"new": "\n".join(reasons)}) from None
    user.set_password(new)
    user.save(update_fields=["password"])
    values = {
        "must_change": False,
        "expires_at": None,
        "changed_at": clock.now(),
        "reset_by_id": None,
        "unenrolled_by_id": None,
    }
    Credential.objects.update_or_create(user=user, defaults=values)
    ended = _end_others(user, keep)
    ledger.record(act="accounts.password_changed", subject=_subject(user), after={"sessions_ended": ended})
    telling.leave(user.pk, telling.PASSWORD, but=keep)
    return user


def _end_others(user: User, keep: str | None) -> int:
    return sessions.end(sessions.all_but(user.pk, keep))


@ledger.command(permission=None)
def add_totp(*, by: Reader, secret: str, code: str, keep: str | None) -> None:
    """One's own application of one-time codes. Refused when the code is not of that secret, or one exists already."""
    user = _own(by)
    if any(each.kind == factors.TOTP for each in factors.of(user.pk)):
        raise Refused(_("Ya tiene una aplicación de códigos. Quítela antes de agregar otra."))
    if not factors.add_totp(user, secret, code):
        wrong = _("El código no corresponde o ya pasó su tiempo. Escriba el que la aplicación muestra ahora.")
        raise Refused(wrong, fields={"code": wrong})
    _added(user, factors.TOTP, keep)


@ledger.command(permission=None)
def add_passkey(*, by: Reader, name: str, credential: dict[str, Any], keep: str | None) -> None:
    """One's own passkey. Refused when the browser's answer is not to this session's question."""
    user = _own(by)
    if not factors.add_passkey(user, name, credential):
        raise Refused(_("La llave de acceso no se pudo comprobar. Intente de nuevo."))
    _added(user, factors.PASSKEY, keep)


def _added(user: User, kind: str, keep: str | None) -> None:
    Credential.objects.filter(user=user).update(unenrolled_by_id=None)
    ledger.record(act="accounts.factor_added", subject=_subject(user), after={"kind": str(kind)})
    _end_others(user, keep)
    telling.leave(user.pk, telling.FACTOR_ADDED, but=keep)


@ledger.command(permission=None)
def remove_factor(*, by: Reader, factor_id: int, keep: str | None) -> None:
    """Takes away one of one's own factors. NotFound for another's."""
    user = _own(by)
    gone = factors.remove(user.pk, factor_id)
    if gone is None or gone.kind == factors.CODES:
        raise NotFound
    ledger.record(act="accounts.factor_removed", subject=_subject(user), before={"kind": str(gone.kind)})
    telling.leave(user.pk, telling.FACTOR_REMOVED, but=keep)


@ledger.command(permission=None)
def make_codes(*, by: Reader, keep: str | None) -> list[str]:
    """New recovery codes of one's own, shown this once; the old ones open nothing. Refused without a factor."""
    user = _own(by)
    if not factors.has_any(user.pk):
        raise Refused(_("Primero agregue una llave de acceso o una aplicación de códigos."))
    codes = factors.make_codes(user)
    ledger.record(act="accounts.codes_made", subject=_subject(user), after={"count": len(codes)})
    telling.leave(user.pk, telling.CODES, but=keep)
    return codes


@ledger.command(permission=None)
def end_session(*, by: Reader, session_id: int, keep: str | None) -> None:
    """Ends one of one's own sessions. NotFound for another's, refused for the present one (`keep`)."""
    user = _own(by)
    found = sessions.one(user.pk, session_id)
    if any(each.session_key == keep for each in found):
        raise Refused(_("Esta es la sesión que está usando: ciérrela con «Cerrar sesión»."))
    if not sessions.end(found):
        raise NotFound
    ledger.record(act="accounts.sessions_ended", subject=_subject(user), after={"ended": 1})


@ledger.command(permission=None)
def end_other_sessions(*, by: Reader, keep: str | None) -> int:
    """Ends one's own sessions except the present one; how many."""
    user = _own(by)
    ended = _end_others(user, keep)
    ledger.record(act="accounts.sessions_ended", subject=_subject(user), after={"ended": ended})
    return ended


@ledger.command(permission=Permission.MANAGE_ACCESS)
def end_sessions_of(*, by: Reader, username: str, reason: str) -> int:
    """Ends every session of an account: its next click anywhere finds nobody signed in. How many there were."""
    user = _others(by, username)
    ended = sessions.end(sessions.all_but(user.pk, None))
    ledger.record(act="accounts.sessions_ended", subject=_subject(user), reason=_reason(reason), after={"ended": ended})
    telling.leave(user.pk, telling.ENDED)
    return ended


@ledger.command(permission=Permission.MANAGE_ACCESS)
def give_first_password(*, by: Reader, username: str, reason: str) -> str:
    """A random password for an account, shown this once: it lasts 72 hours and must be changed at its first use.

    The second factor stays: whoever took it away may not be who gives the password too.
    """
    user = _others(by, username)
    known = Credential.objects.select_for_update().filter(user=user).first()
    if known is not None and by.user_id is not None and known.unenrolled_by_id == by.user_id:
        raise Refused(_("Usted retiró los segundos factores de esta cuenta: la contraseña nueva la da otra persona."))
    password = first_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    over_at = clock.now() + limits.FIRST_PASSWORD
    values = {"must_change": True, "expires_at": over_at, "reset_by_id": by.user_id}
    Credential.objects.update_or_create(user=user, defaults=values)
    ended = sessions.end(sessions.all_but(user.pk, None))
    after = {"expires_at": over_at.isoformat(), "sessions_ended": ended}
    ledger.record(act="accounts.first_password_given", subject=_subject(user), reason=_reason(reason), after=after)
    telling.leave(user.pk, telling.FIRST_PASSWORD)
    return password


@ledger.command(permission=Permission.MANAGE_ACCESS)
def take_factors(*, by: Reader, username: str, reason: str) -> int:
    """Takes away the factors of somebody who lost them; they enrol again with their password. How many there were.

    Whoever gave the present first password may not do it: one person alone never opens somebody's account.
    """
    user = _others(by, username)
    known = Credential.objects.select_for_update().filter(user=user).first()
    if known is not None and by.user_id is not None and known.reset_by_id == by.user_id:
        raise Refused(_("Usted dio la contraseña de esta cuenta: los segundos factores los retira otra persona."))
    removed = factors.remove_all(user.pk)
    if not removed:
        raise Refused(_("Esta cuenta no tiene segundos factores."))
    Credential.objects.update_or_create(user=user, defaults={"unenrolled_by_id": by.user_id})
    sessions.end(sessions.all_but(user.pk, None))
    before = {"factors": removed}
    ledger.record(act="accounts.factors_taken", subject=_subject(user), reason=_reason(reason), before=before)
    telling.leave(user.pk, telling.FACTORS_TAKEN)
    return removed


@ledger.command(permission=Permission.MANAGE_ACCESS)
def link_directory(*, by: Reader, username: str, directory: str, subject: str, reason: str) -> None:
    """Lets a directory's subject enter an account. Refused when the subject already enters one."""
    user = _others(by, username)
    if directory not in {each.id for each in queries.directories()}:
        raise Refused(none := _("Ese directorio no está configurado."), fields={"directory": none})
    if SocialAccount.objects.filter(provider=directory, uid=subject).exists():
        raise Refused(taken := _("Ese identificador ya abre una cuenta."), fields={"subject": taken})
    SocialAccount.objects.create(user=user, provider=directory, uid=subject)
    after = {"directory": directory, "subject": subject}
    ledger.record(act="accounts.directory_linked", subject=_subject(user), reason=_reason(reason), after=after)


@ledger.command(permission=Permission.MANAGE_ACCESS)
def unlink_directory(*, by: Reader, username: str, directory: str, subject: str, reason: str) -> None:
    """A directory's subject enters an account no more, and its sessions end. NotFound when it did not."""
    user = _others(by, username)
    gone, _each = SocialAccount.objects.filter(user=user, provider=directory, uid=subject).delete()
    if not gone:
        raise NotFound
    sessions.end(sessions.all_but(user.pk, None))
    before = {"directory": directory, "subject": subject}
    ledger.record(act="accounts.directory_unlinked", subject=_subject(user), reason=_reason(reason), before=before)


def _others(by: Reader, username: str) -> User:
    """An account in scope that is not the administrator's own."""
    user = queries.account(by, username)
    if user.pk == by.user_id:
        raise Refused(_("Su propia cuenta la atiende otra persona que administre accesos."))
    return User.objects.select_for_update().get(pk=user.pk)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(needed := _("Escriba el motivo."), fields={"reason": needed})
    return reason.strip()
