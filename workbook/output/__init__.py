"""What people read and print: a plan as workbook, CSV files, posters, and tables and sentences on the terminal.

Each form stands in a module of its own: who prints a line need not load what draws workbooks.
"""
