"""Small places and readers for tests: two departments, two offices, three prisons. And the cast of this chapter."""

from __future__ import annotations

from datetime import date

from django.test import Client

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope, system
from creo.territory.models import (
    Department,
    District,
    Facility,
    FacilityAlias,
    FacilityCapacity,
    Pavilion,
    Province,
    ReferenceFigure,
    RegionalOffice,
)

AS_OF = date(2026, 11, 23)
NATION = system("pruebas")
_ALL = frozenset({Permission.VIEW_TERRITORY, Permission.EDIT_TERRITORY, Permission.EXPORT})


def reader(*scopes: tuple[str, str], permissions: frozenset[Permission] = _ALL) -> Reader:
    """Somebody with these places: `reader(("region", "NORTE"))`. No place at all: the official who must see nothing."""
    return Reader(7, "Persona de prueba", permissions, tuple(Scope(*scope) for scope in scopes))


def department(ubigeo: str = "20", reniec: str = "19", name: str = "Piura") -> Department:
    return Department.objects.get_or_create(ubigeo=ubigeo, defaults={"reniec": reniec, "name": name, "capital": name})[
        0
    ]


def province(ubigeo: str = "2001", reniec: str = "1901", name: str = "Piura", **other) -> Province:
    return Province.objects.get_or_create(
        ubigeo=ubigeo, defaults={"reniec": reniec, "name": name, "department": department(), **other}
    )[0]


def district(ubigeo: str | None = "200104", reniec: str | None = "190103", name: str = "Castilla", **other) -> District:
    return District.objects.create(ubigeo=ubigeo, reniec=reniec, name=name, **({"province": province()} | other))


def office(code: str = "NORTE", name: str = "Norte - Chiclayo", number: int = 1) -> RegionalOffice:
    return RegionalOffice.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": code.title(), "seat": department(), "number": number}
    )[0]


def prison(code: str = "EP-PIURA", name: str = "E.P. de Piura", **other) -> Facility:
    places = {"regional_office": office(), "department": department(), "kind": "prison"}
    return Facility.objects.create(code=code, name=name, **(places | other))


def capacity(facility: Facility, places: int = 1370, valid_from: date = date(2016, 6, 1), **other) -> FacilityCapacity:
    return FacilityCapacity.objects.create(
        facility=facility, places=places, valid_from=valid_from, **({"source": "Informe de prueba"} | other)
    )


def figure(facility: Facility, value: int = 4444, month: date = date(2026, 1, 1), **other) -> ReferenceFigure:
    return ReferenceFigure.objects.create(
        facility=facility,
        value=value,
        month=month,
        **({"measure": "population", "source": "Informe de prueba"} | other),
    )


def pavilion(facility: Facility, code: str = "P-1", **other) -> Pavilion:
    return Pavilion.objects.create(
        facility=facility, code=code, **({"name": "Pabellón 1", "valid_from": date(2026, 1, 1)} | other)
    )


def alias(facility: Facility, code: str = "109", scheme: str = "census_2016") -> FacilityAlias:
    return FacilityAlias.objects.create(facility=facility, scheme=scheme, code=code)


def sign_in(client: Client, role: str, scope_kind: str = "nation", scope_code: str = "") -> None:
    """Signs a made-up member of staff in with one role at one place."""
    user = User.objects.create_user(
        f"{role}-{scope_kind}-{scope_code}".lower(), "Persona de prueba", "una-clave-larga-1"
    )
    RoleGrant.objects.create(
        user=user, role=role, scope_kind=scope_kind, scope_code=scope_code, valid_from=date(2020, 1, 1)
    )
    client.force_login(user)
