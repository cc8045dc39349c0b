"""Accounts of the staff: their own data, seen by themselves and by whoever manages or reviews access."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

_STAFF = Actor("Personal del INPE y sus accesos: los ve quien los administra o los revisa, en toda la nación.")

TABLES = (
    Table("User", _STAFF, confidential="id password last_login username name is_active"),
    Table(
        "RoleGrant",
        _STAFF,
        confidential="id user role scope_kind scope_code valid_from valid_to reason resolution granted_by granted_at "
        "ended_on ended_by end_reason reviewed_on last_used_on",
    ),
    Table("GrantReview", _STAFF, confidential="id grant on decision reason reviewer"),
    Table("AccessReview", _STAFF, confidential="id scope_kind scope_code on signed_at signer kept ended note"),
)
