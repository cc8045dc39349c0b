"""Forms of sign-in, of one's own account, and of an administrator's acts on another's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from creo.support import clock
from creo.support.signin import limits, lockout, queries

NO_MATCH = _("El usuario o la contraseña no coinciden. Revíselos e intente de nuevo.")


class SignInForm(AuthenticationForm):
    """Name and password; the same answer whether the name exists, is disabled, or its first password is over."""

    username = UsernameField(
        label=_("Usuario"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username webauthn", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Contraseña"),
        strip=False,
        max_length=limits.PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {"invalid_login": NO_MATCH, "inactive": NO_MATCH}

    def confirm_login_allowed(self, user: Any) -> None:
        """A first password that is over is a wrong one, and counts as a try."""
        if queries.first_password_over(user.pk, clock.now()):
            assert self.request is not None
            lockout.failed(self.request, user.get_username())
            raise ValidationError(NO_MATCH, code="invalid_login")


class CodeForm(forms.Form):
    """A code of the application, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Código"),
        max_length=20,
        help_text=_("Los seis números de su aplicación, o uno de sus códigos de recuperación."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class NewCodeForm(forms.Form):
    """The first code of an application being set up."""

    code = forms.CharField(
        label=_("Código que muestra la aplicación"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordAgainForm(forms.Form):
    """The password once more, before something dangerous."""

    password = forms.CharField(
        label=_("Contraseña"),
        strip=False,
        max_length=limits.PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class PasskeyForm(forms.Form):
    """What the browser answers about a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        """An object, whatever it says."""
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise ValidationError(_("La llave de acceso no se pudo comprobar. Intente de nuevo."))
        return credential


class NewPasskeyForm(PasskeyForm):
    """A passkey with the name its owner gives it."""

    name = forms.CharField(
        label=_("Nombre de la llave"),
        max_length=60,
        help_text=_("Para reconocerla: «Huella del celular», «Llave USB del escritorio»."),
    )
    field_order = ["name", "credential"]


class PasswordForm(forms.Form):
    """The present password and a new one, twice."""

    current = forms.CharField(
        label=_("Contraseña actual"),
        strip=False,
        max_length=limits.PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Contraseña nueva"),
        strip=False,
        max_length=limits.PASSWORD_MAX,
        help_text=_("Doce letras o más; quince es mejor. Una frase de cuatro palabras suyas sirve y se recuerda."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Contraseña nueva, otra vez"),
        strip=False,
        max_length=limits.PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """The same as the first."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise ValidationError(_("No es igual a la contraseña nueva. Escríbala otra vez."))
        return again


class ReasonForm(forms.Form):
    """Why an administrator does it."""

    reason = forms.CharField(
        label=_("Motivo"), max_length=300, help_text=_("Quién lo pidió y cómo se comprobó que era esa persona.")
    )


class LinkForm(ReasonForm):
    """A directory's subject and why it enters this account."""

    directory = forms.ChoiceField(label=_("Directorio"))
    subject = forms.CharField(
        label=_("Identificador en el directorio"),
        max_length=190,
        help_text=_("El «sub» que el directorio da de esa persona: no cambia y no se reutiliza."),
    )
    field_order = ["directory", "subject", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["directory"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.id, each.name) for each in queries.directories()]


class ConfirmForm(forms.Form):
    """Nothing to write: the button is the act."""
