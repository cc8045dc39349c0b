"""The menu by what people do; each reader sees only what their roles open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.readers import Reader


@dataclass(frozen=True)
class Item:
    """One place of the menu; `short` is its word where a phone's bar leaves no room for the label."""

    code: str
    label: Any
    view: str
    permission: Permission | None
    icon: str
    short: Any = ""


@dataclass(frozen=True)
class Group:
    """Places under one word."""

    title: Any
    items: tuple[Item, ...]


P = Permission
GROUPS: tuple[Group, ...] = (
    Group(
        "",
        (
            Item("today", _("Hoy"), "overview:today", None, "home"),
            Item("inbox", _("Bandeja"), "announcements:inbox", None, "bell"),
            Item("nation", _("Tablero"), "overview:nation", P.VIEW_TERRITORY, "chart"),
        ),
    ),
    Group(
        _("Programa"),
        (
            Item("chain", _("Cadena de resultados"), "programme:chain", P.VIEW_PROGRAMME, "tree"),
            Item("population", _("Población y criterios"), "programme:population", P.VIEW_PROGRAMME, "people"),
            Item("models", _("Modelos operativos"), "programme:models", P.VIEW_PROGRAMME, "layers"),
            Item("articulation", _("Articulación"), "programme:articulation", P.VIEW_PROGRAMME, "grid"),
            Item("indicators", _("Indicadores"), "programme:indicators", P.VIEW_PROGRAMME, "chart"),
            Item("targets", _("Metas"), "programme:targets", P.VIEW_PROGRAMME, "target"),
            Item("contradictions", _("Contradicciones"), "programme:contradictions", P.VIEW_PROGRAMME, "alert"),
            Item("tables", _("Tablas del documento"), "programme:tables", P.VIEW_PROGRAMME, "table"),
            Item("source", _("Hechos de la fuente"), "programme:source", P.VIEW_PROGRAMME, "list"),
            Item("versions", _("Versiones del diseño"), "programme:versions", P.VIEW_PROGRAMME, "history"),
        ),
    ),
    Group(
        _("Personas"),
        (
            Item("people", _("Registro"), "register:people", P.VIEW_PEOPLE, "people"),
            Item("movements", _("Movimientos"), "register:movements", P.VIEW_PEOPLE, "arrow-right"),
            Item("kept", _("Documentos de quienes salieron"), "register:kept_documents", P.VIEW_FILES, "list"),
            Item("duplicates", _("Posibles duplicados"), "register:duplicates", P.REVIEW_DUPLICATES, "users"),
            Item("targeting", _("Focalización"), "targeting:latest", P.VIEW_TARGETING, "filter"),
            Item("compare", _("Comparar diseños"), "targeting:compare", P.VIEW_TARGETING, "compare"),
            Item("enrolments", _("Intervenidos"), "targeting:enrolments", P.VIEW_TARGETING, "check"),
            Item("rights", _("Solicitudes de derechos"), "register:rights", P.HANDLE_RIGHTS, "clock"),
            Item("offences", _("Delitos"), "register:offences", P.VIEW_PROGRAMME, "book"),
            Item("imports", _("Importaciones"), "imports:list", P.IMPORT_REGISTER, "upload", _("Importar")),
        ),
    ),
    Group(
        _("Territorio"),
        (
            Item("territory", _("Establecimientos"), "territory:facilities", P.VIEW_TERRITORY, "map", _("Penales")),
            Item("offices", _("Oficinas regionales"), "territory:offices", P.VIEW_TERRITORY, "office"),
        ),
    ),
    Group(
        _("Control"),
        (
            Item("approvals", _("Aprobaciones"), "approvals:list", None, "check"),
            Item("quality", _("Calidad de datos"), "quality:board", P.VIEW_QUALITY, "check", _("Calidad")),
            Item("figures", _("Cifras públicas"), "figures:list", P.VIEW_PROGRAMME, "chart"),
            Item("ledger", _("Registro de actos"), "overview:ledger", P.VIEW_LEDGER, "book"),
            Item("integrity", _("Integridad"), "overview:integrity", P.VERIFY_LEDGER, "check"),
            Item("announcements", _("Anuncios"), "announcements:deliveries", P.VIEW_LEDGER, "refresh"),
            Item("downloads", _("Mis descargas"), "exports:own", P.EXPORT, "download"),
            Item("origin", _("Origen de un documento"), "exports:origin", P.VIEW_LEDGER, "search"),
        ),
    ),
    Group(
        _("Reserva de los datos"),
        (
            Item("incidents", _("Incidentes de seguridad"), "incidents:list", None, "flag"),
            Item("looks_mine", _("Mis consultas"), "looking:mine", P.VIEW_PEOPLE, "eye"),
            Item("emergency", _("Acceso de emergencia"), "looking:open_emergency", P.BREAK_GLASS, "alert"),
            Item("emergencies", _("Emergencias por revisar"), "looking:emergencies", P.REVIEW_LOOKS, "check"),
            Item("alerts", _("Alertas de consulta"), "looking:alerts", P.REVIEW_LOOKS, "flag"),
            Item("protection", _("Clases de datos"), "scoping:tables", P.VIEW_LEDGER, "lock"),
            Item("sealing", _("Claves de cifrado"), "secrets:keys", P.MANAGE_KEYS, "lock"),
        ),
    ),
    Group(
        _("Accesos"),
        (
            Item("staff", _("Personal y accesos"), "accounts:staff", P.MANAGE_ACCESS, "users"),
            Item("sign_ins", _("Ingresos al sistema"), "signin:accounts", P.MANAGE_ACCESS, "user"),
            Item("access_review", _("Revisión semestral"), "accounts:review", P.REVIEW_ACCESS, "calendar"),
            Item("keys", _("Claves de acceso"), "keys", P.MANAGE_ACCESS, "lock"),
        ),
    ),
)


@cache
def _items() -> dict[str, Item]:
    return {item.code: item for group in GROUPS for item in group.items}


def _open_to(reader: Reader, item: Item) -> bool:
    return item.permission is None or reader.can(item.permission)


@cache
def _address(view: str) -> str:
    """The address of a page without parameters: the same for everybody, and asked for thirty times a page."""
    return reverse(view)


def _entry(item: Item, path: str, active: str) -> dict[str, Any]:
    url = _address(item.view)
    short = item.short or item.label
    return {"label": item.label, "short": short, "url": url, "active": url == active, "icon": item.icon}


def _active(path: str, reader: Reader) -> str:
    """The longest address of the menu that begins the present one."""
    urls = [_address(item.view) for item in _items().values() if _open_to(reader, item)]
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")


# Pages about one person, in the order of their tabs: (label, view, permission).
PERSON_TABS = (
    (_("Registro"), "register:person", P.VIEW_PEOPLE),
    (_("Identificación"), "register:identification", P.VIEW_PEOPLE),
    (_("Documentos"), "register:documents", P.VIEW_PEOPLE),
    (_("Derechos"), "register:rights_person", P.HANDLE_RIGHTS),
    (_("Legal"), "register:legal", P.VIEW_LEGAL),
    (_("Focalización"), "targeting:person", P.VIEW_TARGETING),
    (_("Duplicados"), "register:person_duplicates", P.REVIEW_DUPLICATES),
    (_("Actos"), "overview:person_acts", P.VIEW_LEGAL),
    (_("Quién la vio"), "register:looks", P.REVIEW_LOOKS),
)


def _person_tabs(request: HttpRequest, reader: Reader) -> list[dict[str, Any]]:
    """The tabs that join the chapters' pages about one person, on those pages only."""
    match = request.resolver_match
    if match is None or match.view_name not in {view for _label, view, _permission in PERSON_TABS}:
        return []
    return [
        {"label": label, "url": reverse(view, args=(match.kwargs["code"],)), "active": view == match.view_name}
        for label, view, permission in PERSON_TABS
        if reader.can(permission)
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """The menu, the phone's bottom bar and the fixed addresses, for every page."""
    reader: Reader | None = getattr(request, "whole_reader", None) or getattr(request, "reader", None)
    if reader is None or reader.user_id is None:
        return {"sign_in_url": "/entrar/"}
    active = _active(request.path, reader)
    menu = []
    for group in GROUPS:
        items = [_entry(item, request.path, active) for item in group.items if _open_to(reader, item)]
        if items:
            menu.append({"title": group.title, "items": items})
    bottom = [
        _entry(item, request.path, active)
        for code in (ROLES[reader.roles[0]].bottom if reader.roles and reader.roles[0] in ROLES else ())
        if (item := _items().get(code)) is not None and _open_to(reader, item)
    ]
    return {
        "menu": menu,
        "bottom_menu": bottom,
        "search_url": _address("overview:search"),
        "jobs_url": _address("jobs:list"),
        "sign_out_url": "/salir/",
        "scope_url": _address("accounts:workplace") if len(getattr(request, "workplaces", ())) > 1 else "",
        "account_url": _address("signin:mine"),
        "person_tabs": _person_tabs(request, reader),
    }
