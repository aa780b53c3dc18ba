"""Opens a workbook in LibreOffice with every formula worked out again, and compares all formula cells.

usage: recalculate.py WORKBOOK FOLDER

One stored result is made wrong first: only if it comes back right, the formulas were really worked out again.
Prints a JSON object: formulas (cells compared), planted (the cell made wrong), differences (a list of texts).
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal

import openpyxl

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
WRONG = "424242.42"


def plant(workbook, target):
    """Copies the workbook with the first numeric formula result of Controls made wrong; returns its cell."""
    planted = None
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            content = source.read(entry)
            # Controls is the second sheet.
            if entry.filename == "xl/worksheets/sheet2.xml":
                text = content.decode("utf-8")
                cell = re.search(r'<c r="([A-Z]+[0-9]+)" s="\d+"><f>[^<]*</f><v>([^<]*)</v></c>', text)
                planted = cell.group(1)
                changed = cell.group(0).replace("<v>%s</v>" % cell.group(2), "<v>%s</v>" % WRONG)
                content = text.replace(cell.group(0), changed, 1).encode("utf-8")
            copy.writestr(entry, content)
    return planted


def recalculate(workbook, folder):
    profile = os.path.join(folder, "profile")
    os.makedirs(os.path.join(profile, "user"))
    with open(os.path.join(profile, "user", "registrymodifications.xcu"), "w") as settings:
        settings.write(SETTINGS)
    output = os.path.join(folder, "recalculated")
    subprocess.run(
        [
            "soffice", "-env:UserInstallation=file://" + profile, "--headless", "--convert-to",
            "xlsx:Calc MS Excel 2007 XML", "--outdir", output, workbook,
        ],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600,
    )
    return os.path.join(output, os.path.basename(workbook))


def rounded(value, number_format):
    """A number to the decimals that its cell shows; a spreadsheet's sums carry binary dust."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return value
    decimals = re.search(r"\.(0+)", number_format.split(";")[0])
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-len(decimals.group(1)) if decimals else 0))


def main():
    workbook, folder = sys.argv[1:3]
    planted_file = os.path.join(folder, "planted.xlsx")
    planted = plant(workbook, planted_file)
    formulas = openpyxl.load_workbook(workbook)
    stored = openpyxl.load_workbook(workbook, data_only=True)
    again = openpyxl.load_workbook(recalculate(planted_file, folder), data_only=True)
    count, differences = 0, []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                was = rounded(stored[sheet.title][cell.coordinate].value, cell.number_format)
                now = rounded(again[sheet.title][cell.coordinate].value, cell.number_format)
                if was is None or was != now:
                    differences.append("%s!%s %s: stored %r, recalculated %r" % (
                        sheet.title, cell.coordinate, cell.value, was, now))
    print(json.dumps({"formulas": count, "planted": planted, "differences": differences[:20]}))


main()
