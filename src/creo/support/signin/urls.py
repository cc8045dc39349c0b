"""Addresses of one's own account and of the administrator's pages; `door` holds those of sign-in itself."""

from __future__ import annotations

from django.urls import path

from creo.support.signin.pages import account, entry, second, staff

app_name = "signin"
urlpatterns = [
    path("cuenta/", account.mine, name="mine"),
    path("cuenta/confirmar/", account.confirm, name="confirm"),
    path("cuenta/contrasena/", account.password, name="password"),
    path("cuenta/sesiones/", account.my_sessions, name="sessions"),
    path("cuenta/sesiones/cerrar/", account.end_others, name="end_others"),
    path("cuenta/sesiones/<int:session_id>/cerrar/", account.end_session, name="end_session"),
    path("cuenta/segundo-factor/", second.listing, name="factors"),
    path("cuenta/segundo-factor/aplicacion/", second.add_totp, name="totp"),
    path("cuenta/segundo-factor/llave/", second.add_passkey, name="passkey"),
    path("cuenta/segundo-factor/codigos/", second.codes, name="codes"),
    path("cuenta/segundo-factor/<int:factor_id>/quitar/", second.remove, name="remove_factor"),
    path("ingresos/", staff.listing, name="accounts"),
    path("ingresos/<str:username>/", staff.account, name="account"),
    path("ingresos/<str:username>/sesiones/", staff.end_sessions, name="end_sessions"),
    path("ingresos/<str:username>/contrasena/", staff.first_password, name="first_password"),
    path("ingresos/<str:username>/factores/", staff.take_factors, name="take_factors"),
    path("ingresos/<str:username>/directorio/", staff.link, name="link"),
    path("ingresos/<str:username>/directorio/<str:directory>/<path:subject>/", staff.unlink, name="unlink"),
]

# Names that allauth leads to by itself lead to pages of ours.
door = [
    path("entrar/", entry.sign_in, name="sign_in"),
    path("entrar/", entry.sign_in, name="account_login"),
    path("entrar/segundo-factor/", entry.second_factor, name="mfa_authenticate"),
    path("entrar/llave/", entry.passkey_in, name="passkey_in"),
    path("entrar/sin-directorio/", entry.lost_way, name="socialaccount_login_cancelled"),
    path("entrar/sin-directorio/", entry.lost_way, name="socialaccount_login_error"),
    path("entrar/sin-directorio/", entry.lost_way, name="socialaccount_signup"),
    path("entrar/sin-directorio/", entry.lost_way, name="socialaccount_connections"),
    path("entrar/oidc/<slug:provider_id>/login/", entry.to_directory, name="openid_connect_login"),
    path("entrar/oidc/<slug:provider_id>/login/callback/", entry.from_directory, name="openid_connect_callback"),
    path("salir/", entry.sign_out, name="sign_out"),
]
