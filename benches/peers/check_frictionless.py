"""The checks of `ethos check` on a gmsd/2015 file that a Table Schema can express, with frictionless.

    python3 benches/peers/check_frictionless.py FILE
"""

import os
import sys
import time

import frictionless
from frictionless import Checklist, Dialect, Resource, Schema, checks, formats

path = sys.argv[1]
date = {"type": "date", "format": "%Y%m%d"}
required = {"constraints": {"required": True}}
fields = [
    {"name": "aanmaakdatum_bestand", **date, **required},
    {"name": "gemeentecode", "type": "string", "constraints": {"required": True, "pattern": "(GM)?[0-9]{1,4}"}},
    {"name": "bsn", "type": "string", "constraints": {"pattern": "[0-9]{9}"}},
    {"name": "productcategorie", "type": "string",
     "constraints": {"required": True, "pattern": "0?[1-9]|1[0-8]"}},
    {"name": "type_aanbieder", "type": "string"},
    {"name": "beoogde_startdatum", **date},
    {"name": "beoogde_einddatum", **date},
    {"name": "leveringsvorm", "type": "string"},
    {"name": "startdatum", **date},
    {"name": "einddatum", **date},
    {"name": "intensiteit", "type": "string"},
    {"name": "bedrag", "type": "string", "constraints": {"pattern": "-?[0-9., ]+"}},
    {"name": "reden_einde", "type": "string",
     "constraints": {"enum": ["02", "19", "20", "21", "22", "23", "31", "36", "37", "38", "39"]}},
    {"name": "datum_uitstroomgereed", **date},
]
began = time.perf_counter()
# It takes a path relative to a folder only.
folder, name = os.path.split(os.path.abspath(path))
resource = Resource(
    path=name,
    basepath=folder,
    schema=Schema.from_descriptor({"fields": fields}),
    dialect=Dialect(controls=[formats.CsvControl(delimiter=";")]),
)
checklist = Checklist(
    checks=[
        checks.duplicate_row(),
        checks.row_constraint(formula="einddatum is None or startdatum is None or einddatum >= startdatum"),
        checks.row_constraint(formula="startdatum is None or startdatum <= aanmaakdatum_bestand"),
        checks.row_constraint(formula="reden_einde is None or einddatum is not None"),
    ]
)
report = resource.validate(checklist, limit_errors=10_000_000)
took = time.perf_counter() - began
found = {}
for (code,) in report.flatten(["type"]):
    found[code] = found.get(code, 0) + 1
rows = report.tasks[0].stats.get("rows")
if rows is None:
    sys.exit(f"not checked: {report.flatten(['note'])}")
print(f"frictionless {frictionless.__version__}: {rows} rows, {sum(found.values())} findings, {took:.2f} s")
for what, count in sorted(found.items(), key=lambda item: -item[1]):
    print(f"  {count:8} {what}")
