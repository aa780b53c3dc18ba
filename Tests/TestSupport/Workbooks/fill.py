"""Fills in a report's workbook as a person would, saves it with openpyxl, and prints what was filled in as JSON.

usage: fill.py WORKBOOK TARGET
"""

import json
import sys

import openpyxl


def fill(sheet, decided):
    header = sheet[sheet.auto_filter.ref.split(":")[0]].row
    column = {cell.value: cell.column for cell in sheet[header]}
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header + 1)]
    # A row is removed, the others are sorted the other way round, and every second one is decided.
    rows = list(reversed(rows[1:]))
    sheet.delete_rows(header + 1, sheet.max_row)
    for number, row in enumerate(rows, start=header + 1):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value
        if number % 2:
            continue
        resolution, note = ("accepted", f"row {number}: <agreed> & \"signed\" é") if number % 4 else ("open", 5512)
        sheet.cell(number, column["resolution"]).value = resolution
        sheet.cell(number, column["note"]).value = note
        sheet.row_dimensions[number].hidden = number % 3 == 0
        decided.append([sheet.title, number, row[0], resolution, str(note), row[column["row_key"] - 1]])
    sheet.column_dimensions["A"].width = 60


def main():
    workbook = openpyxl.load_workbook(sys.argv[1])
    decided = []
    workbook.move_sheet("Discrepancies", 6)
    workbook.create_sheet("My notes", 0)
    for name in ("Open items", "Discrepancies"):
        fill(workbook[name], decided)
    workbook.save(sys.argv[2])
    json.dump(decided, sys.stdout)


main()
