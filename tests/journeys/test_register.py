"""The register's own story: the gate, a duplicate, movements, the law, the file, the news, the person's rights.

The staff does it in a real browser, in Spanish, by what the pages show: links, labels and buttons, never an address
that no page gives.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from creo.kernel.calendar import WorkingCalendar
from creo.support.announcements.commands import deliver_all
from creo.support.files.making import plain_pdf
from creo.support.ui import formats
from tests.conftest import Nation
from tests.journeys.staff import (
    PHONE,
    Typed,
    act,
    ago,
    fits,
    follow,
    labelled,
    menu,
    press,
    saved,
    say_why,
    screen,
    search,
    tab,
    words_of,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PIURA, CHICLAYO = "E.P. de Piura", "E.P. de Chiclayo"
ROBBERY = "art. 189 · Robo agravado"
UNDOCUMENTED: Typed = {"Documento de identidad": "Sin dato"}
NO_LONGER = "Una persona inscrita ya no cumple los criterios"


def admit(page: Page, who: Typed, on: date, place: str = PIURA) -> str:
    """Admits somebody from the register's page; the code of their record."""
    menu(page, "Registro")
    follow(page, "Registrar un ingreso")
    write(page, who)
    write(
        page,
        {
            "Establecimiento": place,
            "Fecha de ingreso": on,
            "Mandato judicial": "Resolución 5, Primer Juzgado de prueba",
            "Delito principal": ROBBERY,
        },
    )
    press(page, "Registrar el ingreso")
    found = re.search(r"P-\d{7}", page.get_by_text("Ingreso registrado").inner_text())
    assert found is not None
    expect(page).to_have_url(re.compile(f"/personas/{found[0]}/$"))
    return found[0]


def test_somebody_admitted_at_the_gate_on_a_phone_with_a_misspelt_surname_is_found_by_its_sound(
    nation: Nation, browser: Browser, address: str
) -> None:
    page = screen(browser, address, "registro.piura", PHONE)
    code = admit(
        page,
        {**UNDOCUMENTED, "Nombres": "Wilmer", "Primer apellido": "Chukiwanka", "Sexo": "Hombre"},
        ago(0),
    )
    expect(page.get_by_text("Identidad por confirmar").first).to_be_visible()
    assert fits(page)

    answer = search(page, "Chuquihuanca Wilmer")
    expect(page.get_by_text("Sin coincidencias exactas: nombres que suenan parecido.")).to_be_visible()
    expect(answer.get_by_text(code)).to_be_visible()
    expect(answer.get_by_text("Por confirmar").first).to_be_visible()
    assert fits(page)
    answer.get_by_role("link", name=re.compile("Chukiwanka", re.IGNORECASE)).click()
    expect(page).to_have_url(re.compile(f"/personas/{code}/$"))


def test_a_second_record_under_another_spelling_is_warned_of_compared_merged_parted_and_merged_again(
    nation: Nation, browser: Browser, address: str
) -> None:
    page = screen(browser, address, "registro")
    first = admit(
        page,
        {
            "Nombres": "Wilmer",
            "Primer apellido": "Chuquihuanca",
            "Segundo apellido": "De la Prueba",
            "Fecha de nacimiento": date(2002, 3, 14),
            "Sexo": "Hombre",
            "Documento de identidad": "DNI",
            "Número de documento": "99000002",
        },
        ago(200),
    )
    release(page, ago(100))
    second = admit(
        page,
        {
            **UNDOCUMENTED,
            "Nombres": "Wilmer",
            "Primer apellido": "Chukiwanka",
            "Segundo apellido": "De la Prueba",
            "Fecha de nacimiento": date(2002, 3, 15),
            "Sexo": "Hombre",
        },
        ago(5),
        CHICLAYO,
    )
    assert first != second
    expect(page.get_by_text("Posibles duplicados: 1. Revíselo en la pestaña «Duplicados» de la ficha.")).to_be_visible()

    merge(page, first, second)
    expect(page.get_by_text(f"Las dos fichas son ahora una: {first}.")).to_be_visible()
    has_both_episodes(page)
    page.get_by_role("link", name=re.compile("^Identidad")).click()
    expect(page.get_by_role("main")).to_contain_text(second)
    expect(search(page, "Chukiwanka").get_by_text(first)).to_be_visible()
    search(page, second).get_by_role("link", name=re.compile("Chuquihuanca")).click()

    tab(page, "Duplicados")
    act(
        page,
        f"Deshacer la unión de {second}",
        {"Motivo y sustento": "Las huellas son de dos personas"},
        "Deshacer la unión",
        f"La unión se deshizo: {second} es otra vez una ficha.",
    )
    merge(page, first, second)
    has_both_episodes(page)
    tab(page, "Duplicados")
    merges = page.get_by_role("table", name="Fichas unidas a esta")
    expect(merges.get_by_text("Vigente")).to_have_count(1)
    expect(merges.get_by_text("Deshecha")).to_have_count(1)


def release(page: Page, on: date) -> None:
    """Releases the person of the page by an order."""
    act(
        page,
        "Egreso",
        {
            "Tipo de egreso": "Comparecencia simple",
            "Fecha de egreso": on,
            "Número de la orden de libertad": "Oficio 210",
            "Juzgado que la dio": "Primer Juzgado de prueba",
            "Motivo y sustento": "Verificada con el juzgado",
        },
        "Registrar",
        "Egreso registrado.",
    )


def merge(page: Page, kept: str, gone: str) -> None:
    """From the second record to its pair, side by side, the preview, and the merge."""
    search(page, gone).get_by_role("link").first.click()
    tab(page, "Duplicados")
    page.get_by_role("table", name="Fichas que se le parecen").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Son la misma persona?")
    expect(page.get_by_text("Chukiwanka").first).to_be_visible()
    follow(page, "Son la misma persona…")
    expect(page.get_by_text("Todavía no se hizo nada.", exact=False)).to_be_visible()
    expect(page.get_by_role("table", name="Registros y su destino")).to_contain_text("Episodio")
    write(page, {"Motivo y sustento": "Coinciden las diez huellas"})
    press(page, "Unir las dos fichas")
    page.get_by_role("dialog").get_by_role("button", name="Confirmar").click()
    expect(page).to_have_url(re.compile(f"/personas/{kept}/$"))


def has_both_episodes(page: Page) -> None:
    """The file of the page holds two episodes, one in each prison."""
    page.get_by_role("link", name=re.compile("^Episodios y movimientos")).click()
    expect(page.get_by_role("heading", level=2, name=re.compile("^Episodio"))).to_have_count(2)
    for place in (PIURA, CHICLAYO):
        expect(page.get_by_text(place).first).to_be_visible()


def test_what_moves_somebody_is_recorded_in_its_order_and_a_mistake_is_struck_through(
    nation: Nation, browser: Browser, address: str
) -> None:
    page = screen(browser, address, "registro")
    code = admit(page, {**UNDOCUMENTED, "Nombres": "Rufino", "Primer apellido": "Ayquipa", "Sexo": "Hombre"}, ago(60))
    act(
        page,
        "Salida a diligencia",
        {
            "Juzgado o autoridad": "Primer Juzgado de prueba",
            "Fecha de salida": ago(40),
            "Hora de salida": "08:00",
            "Motivo y sustento": "Oficio 88, audiencia de control",
        },
        "Registrar",
        "Salida a diligencia registrada.",
    )
    expect(page.get_by_text(f"En diligencia desde el {formats.day(ago(40))}")).to_be_visible()
    back: Typed = {"Fecha de retorno": ago(40), "Hora": "17:30", "Observaciones": "Constancia 88"}
    act(page, "Registrar el retorno", back, "Registrar", "Retorno registrado.")
    act(
        page,
        "Salida a hospital",
        {
            "Hospital": "Hospital de prueba",
            "Fecha de salida": ago(10),
            "Fecha de retorno, si ya volvió": ago(8),
            "Motivo y sustento": "Orden médica 3",
        },
        "Registrar",
        "Salida a hospital registrada.",
    )
    act(
        page,
        "Salida a diligencia",
        {
            "Juzgado o autoridad": "Segundo Juzgado de prueba",
            "Fecha de salida": ago(20),
            "Hora de salida": "09:00",
            "Fecha de retorno, si ya volvió": ago(20),
            "Hora de retorno": "12:00",
            "Motivo y sustento": "Oficio 91, llegó tarde",
        },
        "Registrar",
        "Salida a diligencia registrada.",
    )

    typed: Typed = {
        "Establecimiento de origen": CHICLAYO,
        "Establecimiento de destino": PIURA,
        "Fecha del traslado": ago(2),
        "Motivo y sustento": "Resolución 14",
    }
    follow(page, "Traslado")
    write(page, typed)
    press(page, "Registrar")
    expect(page.get_by_text("La persona no está en ese establecimiento, sino en", exact=False).first).to_be_visible()
    expect(page.get_by_text("La persona ya está en ese establecimiento.").first).to_be_visible()
    expect(labelled(page, "Motivo y sustento")).to_have_value("Resolución 14")
    expect(labelled(page, "Fecha del traslado")).to_have_value(ago(2).isoformat())
    expect(labelled(page, "Establecimiento de origen").locator("option:checked")).to_have_text(CHICLAYO)
    write(page, {"Establecimiento de origen": PIURA, "Establecimiento de destino": CHICLAYO})
    press(page, "Registrar")
    expect(page.get_by_text("Traslado registrado.")).to_be_visible()
    mistaken = {"Motivo y sustento": "La resolución es de otra persona"}
    act(page, "Anular el último movimiento", mistaken, "Anular", "Movimiento anulado.")

    page.get_by_role("link", name=re.compile("^Episodios y movimientos")).click()
    events = page.locator("main ol.timeline > li")
    for place, words in enumerate(
        (
            ("Traslado", "Anulado", "La resolución es de otra persona"),
            ("Retorno",),
            ("Salida a hospital", "Hospital de prueba"),
            ("Retorno", "12:00"),
            ("Salida a diligencia", "Segundo Juzgado de prueba", "Registrado tarde"),
            ("Retorno", "17:30"),
            ("Salida a diligencia", "Primer Juzgado de prueba", "08:00"),
            ("Ingreso por mandato judicial", PIURA),
        )
    ):
        for word in words:
            expect(events.nth(place)).to_contain_text(word)
    expect(events).to_have_count(8)
    assert code in page.url
    expect(page.get_by_text("En custodia").first).to_be_visible()


def test_the_law_is_written_step_by_step_and_holds_whoever_another_mandate_holds(
    nation: Nation, browser: Browser, address: str, tmp_path: Path
) -> None:
    page = screen(browser, address, "registro")
    code = admit(
        page, {**UNDOCUMENTED, "Nombres": "Nazario", "Primer apellido": "Huayhuarima", "Sexo": "Hombre"}, ago(400)
    )
    tab(page, "Legal")
    for court, case in (("Primer Juzgado de prueba", "00123-2025"), ("Segundo Juzgado de prueba", "00456-2025")):
        mandate: Typed = {
            "Juzgado": court,
            "Expediente judicial": case,
            "Tipo de mandato": "Prisión preventiva",
            "Recibido el": ago(400),
            "Motivo y sustento": "Oficio 7",
        }
        act(page, "Registrar un mandato", mandate, "Guardar", "Mandato registrado.")
    expect(page.get_by_text("Hay 2 mandatos vigentes", exact=False)).to_be_visible()

    act(
        page,
        "Registrar una sentencia",
        {
            "Juzgado": "Primer Juzgado de prueba",
            "Expediente judicial": "00123-2025",
            "Fecha de la sentencia": ago(300),
            "¿Es firme?": "Firme",
            "Firme desde": ago(290),
            "Años": "2",
            "Meses": "6",
            "¿Efectiva o suspendida?": "Efectiva",
            "Se cuenta desde": ago(400),
            "Motivo y sustento": "Copia certificada 12",
        },
        "Guardar",
        "Sentencia registrada.",
    )
    follow(page, "Abonar detención anterior")
    case = labelled(page, "Sentencia").locator("option", has_text="00123-2025").inner_text()
    write(
        page,
        {
            "Sentencia": case,
            "Primer día de detención": ago(450),
            "Último día de detención": ago(441),
            "Sustento": "Constancia de carceleta 4",
        },
    )
    press(page, "Guardar")
    expect(page.get_by_text("Detención abonada.")).to_be_visible()
    steps = page.get_by_role("table", name="Cómputo de la sentencia del expediente 00123-2025")
    for line in (
        f"Se cuenta desde el {formats.day(ago(400))}.",
        "Más la pena de 2 años y 6 meses",
        "Menos 10 días de detención anterior abonados.",
        "La pena se cumple el",
    ):
        expect(steps).to_contain_text(line)

    tab(page, "Registro")
    order: Typed = {
        "Tipo de egreso": "Semilibertad",
        "Fecha de egreso": ago(0),
        "Número de la orden de libertad": "Oficio 310",
        "Juzgado que la dio": "Primer Juzgado de prueba",
        "Motivo y sustento": "Verificada por teléfono con el juzgado",
    }
    follow(page, "Egreso")
    write(page, order)
    press(page, "Registrar")
    for case in ("00123-2025", "00456-2025"):
        refused = page.get_by_text(re.compile(f"Sigue vigente un mandato de detención: .*{case}"))
        expect(refused.first).to_be_visible()
    expect(labelled(page, "Número de la orden de libertad")).to_have_value("Oficio 310")
    follow(page, "Cancelar")

    tab(page, "Legal")
    for case, why in (("00123-2025", "Orden de libertad del juzgado"), ("00456-2025", "El juzgado lo dejó sin efecto")):
        follow(page, "Levantar un mandato")
        offered = labelled(page, "Mandato").locator("option", has_text=case).inner_text()
        write(page, {"Mandato": offered, "Desde": ago(0), "Por qué": why, "Motivo y sustento": "Oficio 310"})
        press(page, "Guardar")
        expect(page.get_by_text("Mandato levantado.")).to_be_visible()
    tab(page, "Registro")
    act(page, "Egreso", order, "Registrar", "Egreso registrado.")
    expect(page.get_by_text(f"Fuera de custodia desde el {formats.day(ago(0))}").first).to_be_visible()

    tab(page, "Legal")
    follow(page, "Hoja penológica")
    say_why(page, "Orden judicial o fiscal")
    expect(page.get_by_text("00123-2025").first).to_be_visible()
    with page.expect_download() as sheet:
        follow(page, "Descargar PDF")
    assert re.fullmatch(rf"hoja-penologica-{code}-D(-[0-9A-Z]{{4}}){{3}}\.pdf", sheet.value.suggested_filename)
    printed = saved(sheet.value)
    assert printed.startswith(b"%PDF")
    told = words_of(printed, tmp_path)
    if told is not None:
        assert "Huayhuarima, Nazario" in told and "00123-2025" in told and "Oficio 310" in told


def pdf(name: str, text: str) -> FilePayload:
    """A file to upload."""
    return {"name": name, "mimeType": "application/pdf", "buffer": plain_pdf([text])}


def upload(page: Page, typed: Typed, file: FilePayload) -> None:
    """Uploads a document of the person of the page."""
    follow(page, "Subir un documento")
    write(page, typed)
    labelled(page, "Archivo").set_input_files(file)
    press(page, "Guardar")


def test_documents_enter_by_what_they_are_and_the_person_gets_their_file_and_a_deadline(
    nation: Nation, browser: Browser, address: str, tmp_path: Path
) -> None:
    registry = screen(browser, address, "registro")
    code = admit(
        registry, {**UNDOCUMENTED, "Nombres": "Zenobia", "Primer apellido": "Curipaco", "Sexo": "Mujer"}, ago(30)
    )
    tab(registry, "Documentos")
    mandate: Typed = {"Tipo de documento": "Copia del mandato judicial de internamiento"}
    disguised: FilePayload = {
        "name": "mandato.pdf",
        "mimeType": "application/pdf",
        "buffer": b"<!doctype html><html><script>alert(1)</script></html>",
    }
    upload(registry, mandate, disguised)
    expect(registry.get_by_text("El archivo es una página web o una imagen SVG.", exact=False).first).to_be_visible()
    labelled(registry, "Archivo").set_input_files(pdf("mandato.pdf", "Mandato de prueba"))
    press(registry, "Guardar")
    expect(registry.get_by_text("Documento guardado.")).to_be_visible()
    expect(registry.get_by_role("main")).to_contain_text("Consta 1 de los 13 tipos de documentos")
    with registry.expect_download() as copy:
        follow(registry, "Descargar: Copia del mandato judicial de internamiento")
    assert saved(copy.value) == plain_pdf(["Mandato de prueba"])
    tab(registry, "Actos")
    expect(registry.get_by_role("table", name="Actos")).to_contain_text("Documento abierto")

    board = screen(browser, address, "ott.piura")
    search(board, code).get_by_role("link").first.click()
    tab(board, "Documentos")
    secret = {"Tipo de documento": "Evaluaciones de los profesionales del Órgano Técnico de Tratamiento"}
    upload(board, {**secret, "Título": "Informe reservado 41"}, pdf("informe.pdf", "Evaluación de prueba"))
    expect(board.get_by_text("Documento guardado.")).to_be_visible()

    tab(registry, "Derechos")
    received = ago(0)
    act(
        registry,
        "Registrar una solicitud",
        {
            "Qué pide": "Rectificación o aclaración de un dato",
            "En sus palabras": "Mi apellido se escribe Curipacco",
            "Quién la presenta": "La propia persona",
            "Recibida el": received,
        },
        "Registrar",
        "Solicitud registrada.",
    )
    due = formats.day(WorkingCalendar.peru().add_working_days(received, 20))
    expect(registry.get_by_text("Quedan 20 días hábiles").first).to_be_visible()
    expect(registry.get_by_role("main")).to_contain_text(due)
    menu(registry, "Solicitudes de derechos")
    expect(registry.get_by_role("table", name="Solicitudes de derechos")).to_contain_text(code)

    search(registry, code).get_by_role("link").first.click()
    tab(registry, "Derechos")
    follow(registry, "Entregar copia de su expediente")
    say_why(registry, "Solicitud de la propia persona")
    expect(registry.get_by_text("sin las evaluaciones de los profesionales", exact=False)).to_be_visible()
    press(registry, "Registrar la entrega")
    expect(registry.get_by_text("Entrega registrada.", exact=False)).to_be_visible()
    with registry.expect_download() as file:
        follow(registry, "Descargar el PDF")
    own = saved(file.value)
    assert own.startswith(b"%PDF")
    told = words_of(own, tmp_path)
    if told is not None:
        assert "Curipaco" in told and "Copia del mandato judicial" in told
        assert "Informe reservado 41" not in told
    expect(registry.get_by_role("table", name="Copias entregadas")).to_contain_text("La propia persona")


def test_a_correction_is_announced_and_the_board_decides_what_it_changes_in_its_inbox(
    nation: Nation, browser: Browser, address: str
) -> None:
    board = screen(browser, address, "ott.piura")
    menu(board, "Intervenidos")
    enrolled = re.search(r"P-\d{7}", board.get_by_role("table", name="Población intervenida").inner_text())
    assert enrolled is not None
    code = enrolled[0]

    registry = screen(browser, address, "registro")
    search(registry, code).get_by_role("link").first.click()
    corrected: Typed = {"Fecha de nacimiento": date(1971, 5, 6), "Motivo y sustento": "Partida de nacimiento 77"}
    act(registry, "Corregir la identidad", corrected, "Guardar", "Identidad corregida. Falta confirmarla.")
    deliver_all()

    menu(board, "Bandeja")
    board.get_by_role("row", name=re.compile(f"{NO_LONGER}.*{code}", re.DOTALL)).get_by_role("link").first.click()
    expect(board.get_by_role("heading", level=1)).to_have_text(NO_LONGER)
    expect(board.get_by_text("corrección de identidad", exact=False)).to_be_visible()
    board.get_by_label("No corresponde hacer nada").check()
    press(board, "Ya lo revisé")
    expect(board.get_by_text("Este campo es obligatorio").first).to_be_visible()
    board.get_by_label("Motivo").fill("Acta 9: termina el módulo antes de salir")
    press(board, "Ya lo revisé")
    expect(board.get_by_text("Su decisión quedó registrada.")).to_be_visible()
    mine = board.get_by_role("row", name=re.compile(f"{NO_LONGER}.*{code}", re.DOTALL))
    expect(mine).to_have_count(0)
    board.get_by_role("search", name="Filtros").get_by_label("Estado").select_option(label="Decidido")
    board.get_by_role("button", name="Filtrar").click()
    expect(mine).to_contain_text("Acta 9: termina el módulo antes de salir")
    expect(mine).to_contain_text("OTT de Piura")
