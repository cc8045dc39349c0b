"""Sign-in's own tables: about accounts of the staff, each seen by its owner and by whoever manages access."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

_STAFF = Actor("Ingresos del personal: los ve cada uno los suyos, y quien administra los accesos a sus lugares.")

TABLES = (
    Table("Credential", _STAFF, confidential="id user must_change expires_at changed_at reset_by_id unenrolled_by_id"),
    Table("FactorSecret", _STAFF, confidential="id text", internal="seal_id"),
    Table("UsedCode", _STAFF, confidential="id user step"),
    Table("Notice", _STAFF, confidential="id user at kind address device told_at"),
)
