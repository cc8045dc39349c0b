"""Runs told to people: charts, tables and files."""

from creo.targeting.reports.checks import change_columns, changed_answer_rows, changed_fact_rows, check_facts
from creo.targeting.reports.comparisons import (
    ages_rows,
    movers_columns,
    movers_rows,
    place_rows,
    readings_figure,
    readings_rows,
    rule_name,
)
from creo.targeting.reports.exports import TYPES, ResultFile, enrolment_file, file_of, movers_file, result_file
from creo.targeting.reports.figures import band_figure, family_figure, funnel_figure, map_figure
from creo.targeting.reports.tables import (
    enrolment_columns,
    enrolment_rows,
    exclusion_rows,
    facility_rows,
    gap_place_rows,
    gap_rows,
    grid_table,
    result_columns,
    result_rows,
    run_columns,
    run_facts,
    run_rows,
)

__all__ = [
    "TYPES",
    "ResultFile",
    "ages_rows",
    "band_figure",
    "change_columns",
    "changed_answer_rows",
    "changed_fact_rows",
    "check_facts",
    "enrolment_columns",
    "enrolment_file",
    "enrolment_rows",
    "exclusion_rows",
    "facility_rows",
    "family_figure",
    "file_of",
    "funnel_figure",
    "gap_place_rows",
    "gap_rows",
    "grid_table",
    "map_figure",
    "movers_columns",
    "movers_file",
    "movers_rows",
    "place_rows",
    "readings_figure",
    "readings_rows",
    "result_columns",
    "result_file",
    "result_rows",
    "rule_name",
    "run_columns",
    "run_facts",
    "run_rows",
]
