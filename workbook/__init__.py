"""What coordinators type and print: folder and Excel workbook to case, plan to workbook, lists and posters."""
