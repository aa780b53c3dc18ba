"""Reads a workbook with openpyxl and prints what a test asks about as JSON.

usage: facts.py WORKBOOK
"""

import datetime
import json
import sys

import openpyxl


def plain(value):
    """A cell's value with its type: numbers as exact text, so that no digit is lost on the way."""
    if isinstance(value, bool):
        return ["flag", str(value).lower()]
    if isinstance(value, (int, float)):
        return ["number", repr(value)]
    if isinstance(value, datetime.datetime):
        return ["time", value.isoformat()]
    return ["text", value]


def sheet_facts(sheet, stored):
    links = [[cell.coordinate, cell.value, cell.hyperlink.location]
             for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    header = None
    if sheet.auto_filter.ref:
        header = sheet[sheet.auto_filter.ref.split(":")[0]].row
    rows = []
    if header:
        for row in stored.iter_rows(min_row=header + 1):
            rows.append([None if cell.value is None else plain(cell.value) for cell in row])
    return {
        "name": sheet.title,
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "header": header,
        "columns": [cell.value for cell in sheet[header]] if header else [],
        "rows": rows,
        "formats": [cell.number_format for cell in sheet[header + 1]] if rows else [],
        "landscape": sheet.page_setup.orientation == "landscape",
        "fitToWidth": bool(sheet.sheet_properties.pageSetUpPr.fitToPage) and sheet.page_setup.fitToHeight == 0,
        "paper": int(sheet.page_setup.paperSize),
        "repeated": sheet.print_title_rows,
        "footer": sheet.oddFooter.right.text,
        "hidden": sorted(name for name, column in sheet.column_dimensions.items() if column.hidden),
        "validations": [[str(rule.sqref), rule.formula1] for rule in sheet.data_validations.dataValidation],
        "links": links,
        "formulas": formulas,
        "withoutResult": [name for name in formulas if stored[name].value is None],
        "charts": len(sheet._charts),
        "conditions": sum(len(rules.rules) for rules in sheet.conditional_formatting),
    }


def main():
    workbook = openpyxl.load_workbook(sys.argv[1])
    stored = openpyxl.load_workbook(sys.argv[1], data_only=True)
    properties = workbook.properties
    print(json.dumps({
        "title": properties.title, "creator": properties.creator, "created": properties.created.isoformat(),
        "sheets": [sheet_facts(sheet, stored[sheet.title]) for sheet in workbook],
    }))


main()
