"""The documents of a person: the thirteen kinds with what is there, the versions, upload, download."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, queries, rules
from creo.register.forms import DocumentFilterForm, ReplaceForm, UploadForm, WithdrawForm
from creo.register.pages.answering import person_act, person_trail
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import sent
from creo.support.files import serving
from creo.support.looking.asking import with_purpose
from creo.support.pages import page
from creo.support.refusals import Forbidden
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row

MARKS = {
    rules.DocumentPresence.THERE: "yes",
    rules.DocumentPresence.MISSING: "unknown",
    rules.DocumentPresence.NOT_DUE: "neutral",
    rules.DocumentPresence.UNDECIDED: "unknown",
}


@page(Permission.VIEW_PEOPLE)
def documents(request: HttpRequest, code: str) -> HttpResponse:
    """The tab: the checklist for everybody who sees the person, the documents of the classes open to the reader."""
    reader = request.reader
    form = DocumentFilterForm(request.GET)
    found = queries.person_documents(reader, code, form.wanted(), request.GET.get("cursor", ""))
    head = found.heading
    address = reverse("register:documents", args=(head.code,))
    if head.code != code:
        return HttpResponseRedirect(address)
    classes = queries.open_classes(reader)
    may_write = reader.can(Permission.EDIT_FILES) and bool(classes)
    context = {
        "head": head,
        "band_items": band_items(head),
        "trail": person_trail(head),
        "check_columns": [
            Column(_("Documento")),
            Column(_("Norma")),
            Column(_("Estado"), "state"),
            Column(_("Acción")),
        ],
        "check_rows": [_check_row(item, head.code, classes, may_write) for item in found.checklist],
        "lead_text": _lead(found.checklist),
        "classes": classes,
        "closed": [_closed(access, number) for access, number in sorted(found.closed.items())],
        "form": form,
        "columns": _columns(),
        "rows": [_document_row(row, head.code, may_write) for row in found.page.rows],
        "page": found.page,
        "count_text": ngettext("%(n)s documento", "%(n)s documentos", found.count) % {"n": formats.number(found.count)},
        "clear_url": address if form.used else "",
        "may_write": may_write,
    }
    return render(request, "register/documents.html", context)


def band_items(head: queries.PersonHeading) -> list[str]:
    """What the band of a person says: where they are held."""
    if not head.held:
        return [_("Fuera de custodia")]
    return [head.facility_name or _("Sin establecimiento registrado")]


def _lead(checklist: tuple[rules.CheckedKind, ...]) -> str:
    there = sum(item.presence is rules.DocumentPresence.THERE for item in checklist)
    missing = sum(item.presence is rules.DocumentPresence.MISSING for item in checklist)
    words = ngettext(
        "Consta %(there)d de los 13 tipos de documentos; faltan %(missing)d.",
        "Constan %(there)d de los 13 tipos de documentos; faltan %(missing)d.",
        there,
    )
    return words % {"there": there, "missing": missing}


def _check_row(item: rules.CheckedKind, code: str, classes: list[str], may_write: bool) -> Row:
    kind = item.kind
    word = _(rules.PRESENCE_WORDS[item.presence])
    if item.count > 1:
        word = f"{word} ({item.count})"
    add = ""
    if may_write and kind.access in classes:
        add = reverse("register:add_document", args=(code,)) + f"?tipo={kind.code}"
    note = "" if kind.access == rules.DocumentAccess.GENERAL else _(rules.ACCESS_WORDS[kind.access])
    upload = Cell(_("Subir"), url=add, label=_("Subir: %(kind)s") % {"kind": kind.title}) if add else Cell("")
    return Row([Cell(kind.title, note=note), kind.citation.locator, Cell(MARKS[item.presence], word=word), upload])


def _closed(access: str, number: int) -> str:
    words = ngettext(
        "Hay %(n)d documento de clase «%(access)s» que su rol no abre.",
        "Hay %(n)d documentos de clase «%(access)s» que su rol no abre.",
        number,
    )
    return words % {"n": number, "access": _(rules.ACCESS_WORDS[access])}


def _columns() -> list[Column]:
    return [
        Column(_("Documento")),
        Column(_("Fecha"), "day"),
        Column(_("Versión"), "number"),
        Column(_("Estado"), "state"),
        Column(_("Subido por")),
        Column(_("Subido el"), "moment"),
        Column(_("Archivo")),
        Column(_("Acción")),
    ]


def listed_title(row: queries.DocumentRow) -> str:
    """What a document of health or assessment is called tells what it says: its own page asks for a purpose first."""
    return rules.document_kinds()[row.kind].title if row.access in commands.DOCUMENT_SHEETS else row.title


def _document_row(row: queries.DocumentRow, code: str, may_write: bool) -> list[object]:
    kind = rules.document_kinds()[row.kind]
    title = listed_title(row)
    download = reverse("register:document_file", args=(code, row.id))
    more = Cell("")
    if may_write and row.in_force:
        more = Cell(_("Corregir o retirar"), url=reverse("register:document", args=(code, row.id)))
    elif not row.in_force:
        more = Cell(_("Ver versiones"), url=reverse("register:document", args=(code, row.id)))
    return [
        Cell(title, note="" if title == kind.title else kind.title),
        row.dated_on,
        row.version,
        document_state(row),
        row.uploaded_by,
        row.uploaded_at,
        Cell(_("Descargar"), url=download, note=document_size(row), label=_("Descargar: %(title)s") % {"title": title}),
        more,
    ]


def document_state(row: queries.DocumentRow) -> Cell:
    """Whether a version is in force, in sign and word."""
    if row.withdrawn_on is not None:
        return Cell("no", word=_("Retirado"))
    if row.replaced:
        return Cell("neutral", word=_("Reemplazado"))
    if row.kept:
        return Cell("neutral", word=_("Como se registró"))
    return Cell("yes", word=_("Vigente"))


def document_size(row: queries.DocumentRow) -> str:
    """What its file is, and how big."""
    return _("%(kind)s, %(size)s KB") % {"kind": row.media.upper(), "size": formats.number(-(-row.size // 1024))}


@page(Permission.VIEW_PEOPLE)
def document(request: HttpRequest, code: str, document_id: int) -> HttpResponse:
    """One document with its versions, and what may be done with the one in force."""
    head, chain = queries.document_versions(request.reader, code, document_id)
    row = next(item for item in chain if item.id == document_id)
    asked = _look(request, head, row)
    if asked is not None:
        return asked
    kind = rules.document_kinds()[row.kind]
    context = {
        "head": head,
        "row": row,
        "kind": kind,
        "access_word": _(rules.ACCESS_WORDS[row.access]),
        "trail": _trail(head),
        "columns": [
            Column(_("Versión"), "number"),
            Column(_("Título")),
            Column(_("Estado"), "state"),
            Column(_("Subido por")),
            Column(_("Subido el"), "moment"),
            Column(_("Huella (SHA-256)")),
            Column(_("Archivo")),
        ],
        "rows": [_version_row(item, head.code) for item in chain],
        "current": chain[0],
        "may_write": request.reader.can(Permission.EDIT_FILES) and not head.outside,
        "outside": head.outside,
    }
    return render(request, "register/document.html", context)


def _trail(head: queries.PersonHeading) -> list[Link]:
    """The way back: to the person's file, or to the list of those who left."""
    if head.outside:
        return [Link(_("Registro"), reverse("register:people")), _tab(head)]
    return person_trail(head, _tab(head))


def _look(request: HttpRequest, head: queries.PersonHeading, row: queries.DocumentRow) -> HttpResponse | None:
    """Records the look at a document of health or assessment, or asks for its purpose; nothing for a general one."""
    purpose = _document_purpose(request, head, row)
    if isinstance(purpose, HttpResponse):
        return purpose
    if purpose:
        commands.look_at_document(by=request.reader, person_code=head.code, document_id=row.id, purpose=purpose)
    return None


def _document_purpose(
    request: HttpRequest, head: queries.PersonHeading, row: queries.DocumentRow
) -> str | HttpResponse:
    """The purpose in force for a document's class, or the page that asks for it and goes on to the document's page."""
    if row.access not in commands.DOCUMENT_SHEETS:
        return ""
    tab = _tab(head)
    return with_purpose(
        request,
        sheet=commands.DOCUMENT_SHEETS[rules.DocumentAccess(row.access)],
        code=head.code,
        name=head.name,
        back=tab.url,
        trail=_trail(head),
        onward=reverse("register:document", args=(head.code, row.id)),
    )


def _version_row(row: queries.DocumentRow, code: str) -> Row:
    cells = [
        row.version,
        Cell(row.title, note=row.withdrawn_reason or row.corrects),
        document_state(row),
        row.uploaded_by,
        row.uploaded_at,
        row.sha256[:16] + "…",
        Cell(_("Descargar"), url=reverse("register:document_file", args=(code, row.id)), note=document_size(row)),
    ]
    return Row(cells, strong=row.in_force)


@page(Permission.VIEW_PEOPLE)
def document_file(request: HttpRequest, code: str, document_id: int) -> Any:
    """The file itself, to keep; verified, and the look recorded."""
    head, row = queries.document(request.reader, code, document_id)
    purpose = _document_purpose(request, head, row)
    if isinstance(purpose, HttpResponse):
        return purpose
    found = commands.open_document(by=request.reader, person_code=head.code, document_id=document_id, purpose=purpose)
    return serving.attachment(found.file, found.label, found.media)


@page(Permission.EDIT_FILES)
def add_document(request: HttpRequest, code: str) -> HttpResponse:
    """Uploads a document."""
    reader = request.reader
    head, classes = queries.person_heading(reader, code), queries.open_classes(reader)
    if not classes:
        raise Forbidden(_("Su rol no abre ninguna clase de documentos."))
    form = UploadForm(
        sent(request),
        request.FILES or None,
        classes=classes,
        custodies=head.custodies,
        initial={"kind": request.GET.get("tipo", "")},
    )

    def act(data: Any) -> None:
        commands.add_document(
            by=reader, person_code=head.code, kind=data["kind"], upload=form.upload(), today=clock.today()
        )

    done = _("Documento guardado.")
    return person_act(request, head, form, act, title=_("Subir un documento"), done=done, tab=_tab(head))


@page(Permission.EDIT_FILES)
def replace_document(request: HttpRequest, code: str, document_id: int) -> HttpResponse:
    """Uploads a corrected version of a document."""
    reader = request.reader
    head, row = queries.document(reader, code, document_id, to_change=True)
    asked = _look(request, head, row) if request.method != "POST" or "purpose" in request.POST else None
    if asked is not None:
        return asked
    form = ReplaceForm(
        sent(request),
        request.FILES or None,
        classes=[row.access],
        custodies=head.custodies,
        initial={"title": row.title, "dated_on": row.dated_on, "custody": row.custody_number},
    )

    def act(data: Any) -> None:
        commands.replace_document(
            by=reader,
            person_code=head.code,
            document_id=document_id,
            upload=form.upload(),
            reason=data["reason"],
            today=clock.today(),
        )

    done = _("Versión guardada.")
    return person_act(request, head, form, act, title=_("Subir una versión corregida"), done=done, tab=_tab(head))


def _tab(head: queries.PersonHeading) -> Link:
    if head.outside:
        return Link(_("Documentos de quienes salieron"), reverse("register:kept_documents"))
    return Link(_("Documentos"), reverse("register:documents", args=(head.code,)))


@page(Permission.EDIT_FILES)
def withdraw_document(request: HttpRequest, code: str, document_id: int) -> HttpResponse:
    """Takes a document out of force, with its reason."""
    head, row = queries.document(request.reader, code, document_id, to_change=True)
    asked = _look(request, head, row) if request.method != "POST" or "purpose" in request.POST else None
    if asked is not None:
        return asked
    form = WithdrawForm(sent(request))

    def act(data: Any) -> None:
        commands.withdraw_document(
            by=request.reader,
            person_code=head.code,
            document_id=document_id,
            reason=data["reason"],
            today=clock.today(),
        )

    return person_act(
        request,
        head,
        form,
        act,
        title=_("Retirar el documento"),
        lead=f"{row.title} · {head.name} · {head.code}",
        button=_("Retirar"),
        done=_("Documento retirado."),
        tab=_tab(head),
    )
