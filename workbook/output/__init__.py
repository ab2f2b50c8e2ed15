"""What people read and print: a plan as workbook, CSV files, posters, and tables and sentences on the terminal."""

from workbook.output.changes import diff_lines
from workbook.output.csv_files import export_csv
from workbook.output.frontier_page import APART, PRESENT, Mark, Trade, frontier_html
from workbook.output.ledger_page import ledger_html
from workbook.output.ledger_table import ledger_table, write_ledger_csv, write_ledger_workbook
from workbook.output.pages import Exported, export_html, menu_html, poster_html
from workbook.output.simulation_page import Happening, Simulated, simulation_html
from workbook.output.terminal import year_table
from workbook.output.xlsx import export_xlsx

__all__ = [
    "APART",
    "PRESENT",
    "Exported",
    "Happening",
    "Mark",
    "Simulated",
    "Trade",
    "diff_lines",
    "export_csv",
    "export_html",
    "export_xlsx",
    "frontier_html",
    "ledger_html",
    "ledger_table",
    "menu_html",
    "poster_html",
    "simulation_html",
    "write_ledger_csv",
    "write_ledger_workbook",
    "year_table",
]
