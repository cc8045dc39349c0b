from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Sign-in, second factors, sessions."""

    name = "creo.support.signin"
    label = "signin"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every sign-in begins a session of ours, whichever way it came."""
        from django.contrib.auth.signals import user_logged_in

        from creo.support.signin import sessions

        user_logged_in.connect(sessions.on_sign_in, dispatch_uid="creo.signin.begin")
