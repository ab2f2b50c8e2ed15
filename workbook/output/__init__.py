"""What people read and print: a plan as workbook, CSV files, posters, and tables and sentences on the terminal."""

from workbook.output.changes import diff_lines
from workbook.output.csv_files import export_csv
from workbook.output.terminal import year_table
from workbook.output.xlsx import export_xlsx

__all__ = ["diff_lines", "export_csv", "export_xlsx", "year_table"]
