"""How allauth behaves here: a closed house. Accounts are made by an administrator; nobody signs up, no mail is sent."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from creo.support.signin import entering, sessions
from creo.support.signin.models import FactorSecret


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up, no mail, no messages of allauth's own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what was done."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: the next page tells (see telling.py)."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address as everything here counts it."""
        return sessions.address_of(request)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Somebody is in, by whichever way: it is recorded, and told when it is odd."""
        entering.entered(request, user)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer


class OnlyKnownSubjects(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A directory's subject enters only the account that an administrator linked it to."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """An unknown or disabled subject gets nothing, and no account is made or linked by itself."""
        if not sociallogin.is_existing or not sociallogin.user.is_active or request.user.is_authenticated:
            raise ImmediateHttpResponse(_unknown(request))

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        """The directory said no or could not be asked."""
        raise ImmediateHttpResponse(_unknown(request))


def _unknown(request: HttpRequest) -> HttpResponse:
    entering.directory_refused(request)
    reason = _("El directorio de su institución no abre ninguna cuenta de CREO. Pídala a quien administra los accesos.")
    return render(request, "ui/errors/403.html", {"reason": reason}, status=403)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of one-time codes are sealed in the database; passkeys belong to this house's name."""

    def encrypt(self, text: str) -> str:
        """Keeps a secret sealed in a row of ours and answers where."""
        row = FactorSecret(text=text)
        row.save()
        return row.seal_id

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; DoesNotExist or Unopened when it was moved or changed."""
        row: Any = FactorSecret.objects.get(seal_id=encrypted_text)
        return str(row.text)

    def get_totp_issuer(self) -> str:
        """The name an authenticator application shows."""
        return "CREO"

    def _get_site_name(self) -> str:
        return "CREO"

    def get_totp_label(self, user: Any) -> str:
        """The account in the authenticator application."""
        return str(user.username)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What the passkey shows of its owner: the user name, nothing of the person."""
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.username}
