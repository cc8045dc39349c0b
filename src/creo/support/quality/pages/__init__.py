"""Pages of the data quality board."""

from creo.support.quality.pages.acts import grant, limits, revoke, start
from creo.support.quality.pages.board import board, export_board
from creo.support.quality.pages.check import check, export_findings

__all__ = ["board", "check", "export_board", "export_findings", "grant", "limits", "revoke", "start"]
