"""The tables a budget programme document usually brings, laid out for a design that does not bring its own."""

from creo.programme.rules.design import Design
from creo.programme.rules.notes import Table, TableRow


def standard_tables(design: Design) -> tuple[Table, ...]:
    """Cover, results and products, one sheet and one model per product, articulation, indicators and targets."""
    tables = [_cover(design), _chain(design), *_sheets(design), *_models(design)]
    tables += [_articulation(design), _indicators(design), _targets(design)]
    return tuple(table for table in tables if table is not None)


def _table(code: str, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table | None:
    if not rows:
        return None
    cells = tuple(TableRow(cells=row) for row in rows)
    return Table(code=code, title=title, columns=columns, rows=cells)


def _cover(design: Design) -> Table | None:
    rows: list[tuple[str, ...]] = [
        (f"@identity:{item.code}/title", f"@identity:{item.code}") for item in design.identity
    ]
    rows += [(f"@problem:{item.code}/title", f"@problem:{item.code}") for item in design.problems]
    rows += [(f"@population:{item.code}/title", f"@population:{item.code}") for item in design.populations]
    return _table("cover", "Carátula", ("Dato", "Contenido"), rows)


def _chain(design: Design) -> Table | None:
    rows: list[tuple[str, ...]] = [("Resultado", f"@outcome:{item.code}") for item in design.outcomes]
    for product in design.products:
        rows.append((f"Producto {product.code}", f"@product:{product.code}"))
        own = [activity for activity in design.activities if activity.product == product.code]
        rows += [(f"Actividad {activity.code}", f"@activity:{activity.code}") for activity in own]
    return _table("chain", "Cadena de resultados", ("Nivel", "Texto"), rows)


def _sheets(design: Design) -> list[Table | None]:
    tables = []
    for sheet in design.sheets:
        rows: list[tuple[str, ...]] = [
            (f"@sheet:{sheet.code}.{field.code}/label", f"@sheet:{sheet.code}.{field.code}") for field in sheet.fields
        ]
        tables.append(
            _table(f"sheet-{sheet.code}", f"Ficha del producto {sheet.product}", ("Pregunta", "Respuesta"), rows)
        )
    return tables


def _models(design: Design) -> list[Table | None]:
    tables = []
    for model in design.models:
        rows: list[tuple[str, ...]] = [
            (f"@model:{model.code}.{field.code}/label", f"@model:{model.code}.{field.code}") for field in model.fields
        ]
        title = f"Modelo operativo del producto {model.product}"
        tables.append(_table(f"model-{model.code}", title, ("Campo", "Contenido"), rows))
    return tables


def _articulation(design: Design) -> Table | None:
    levels = [level.code for level in design.levels]
    rows = [
        (
            f"@articulation:{row.code}/name",
            f"@articulation:{row.code}",
            *(f"@articulation:{row.code}/{level}" for level in levels),
        )
        for row in design.articulation
    ]
    columns = ("Actividad", "Descripción operacional", *levels)
    return _table("articulation", "Articulación territorial", columns, rows)


def _indicators(design: Design) -> Table | None:
    rows: list[tuple[str, ...]] = [(item.code, f"@indicator:{item.code}/title") for item in design.indicators]
    return _table("indicators", "Indicadores", ("Código", "Indicador"), rows)


def _targets(design: Design) -> Table | None:
    rows: list[tuple[str, ...]] = [
        (f"@target:{item.code}/title", f"{item.value}", item.unit, str(item.year or "no programado"))
        for item in design.targets
    ]
    return _table("targets", "Metas físicas", ("Meta", "Valor", "Unidad", "Año"), rows)
