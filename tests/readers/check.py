"""Reads every file of a release with libraries that are not ours and compares what they find
with the long form: `python check.py RELEASE [--every-status]`."""

import csv
import hashlib
import json
import string
import sys
import zipfile
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import polars
import pyarrow.ipc
import pyarrow.parquet
import sdmx
from csvw import CSVW
from lxml import etree
from odf.opendocument import load as load_ods
from odf.table import CoveredTableCell, DatabaseRange, Table, TableCell, TableRow
from pyjstat import pyjstat
from pysdmx.io import read_sdmx

STATUSES = {
    "seen", "zero_seen", "partial", "incomplete", "not_collected", "not_delivered", "impossible",
    "suppressed", "ok", "unbounded", "not_estimable", "given",
}
EMPTY = {"not_collected", "not_delivered", "impossible", "suppressed", "not_estimable"}
DIMENSIONS = [
    "table", "time", "time_kind", "total", "place_kind", "place", "category", "sex", "age",
    "origin", "region", "household", "duration", "nationality", "residence", "measure",
]


def number(text):
    if text in ("", None):
        return None
    # Rates have a decimal.
    return float(text) if "." in text else int(text)


def same(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r} is not {expected!r}")


def as_written(text):
    """Takes away the apostrophe that keeps a spreadsheet from running a text."""
    return text[1:] if text.startswith("'") and text.lstrip("'")[:1] in list("=+-@") else text


def cube_of(release):
    with open(release / "csv/cube.csv", encoding="utf-8", newline="") as file:
        rows = [
            {name: as_written(cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]
    for row in rows:
        for column in ("value", "lower", "upper"):
            row[column] = number(row[column])
        same("a number where there is none", row["value"] is None, row["status"] in EMPTY)
    return rows


def key(row):
    return tuple(row[column] for column in DIMENSIONS)


def data_package(release, cube):
    package = frictionless.Package(str(release / "datapackage.json"))
    report = package.validate()
    if not report.valid:
        sys.exit(f"Data Package: {report.flatten(['title', 'type', 'note'])[:5]}")
    resource = package.get_resource("csv-cube")
    same("rows of the Data Package", len(resource.read_rows()), len(cube))
    for resource in package.resources:
        path = release / resource.path
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        same(f"hash of {path.name}", resource.hash, f"sha256:{digest}")
    same("sources", bool(package.sources), True)


def csv_on_the_web(release, cube):
    group = CSVW(str(release / "csv/csv-metadata.json"), validate=True)
    same("csvw, the folder", group.is_valid, True)
    table = CSVW(str(release / "csv/cube.csv"), validate=True)
    same("csvw, a table by itself", table.is_valid, True)
    described = group.to_json(minimal=True)
    wanted = sum(1 for row in cube)
    same("csvw rows", len([row for row in described if "measure" in row]) >= wanted, True)


def columns(release, cube):
    for name, read in (
        ("parquet", pyarrow.parquet.read_table),
        ("arrow", lambda path: pyarrow.ipc.open_file(path).read_all()),
    ):
        path = release / name / f"cube.{name}"
        table = read(path)
        field = table.schema.field("value").metadata
        for word in (b"description", b"description_nl", b"description_en", b"unit", b"title_nl"):
            same(f"{name}: {word} of value", word in field, True)
        same("unit", field[b"unit"], b"persons")
        code_list = table.schema.field("sex").metadata[b"code_list"].decode()
        same("code list", (release / code_list).is_file(), True)
        found = {key(row): row for row in table.to_pylist()}
        same(f"{name}: rows", len(found), len(cube))
        for row in cube:
            other = found[key(row)]
            for column in ("value", "lower", "upper", "status"):
                same(f"{name}: {column} of {key(row)}", other[column], row[column])
    path = str(release / "parquet/cube.parquet")
    counts = duckdb.sql(f"select status, count(*), sum(value) from '{path}' group by status").fetchall()
    expected = {}
    for row in cube:
        count, total = expected.get(row["status"], (0, None))
        if row["value"] is not None:
            total = (total or 0) + row["value"]
        expected[row["status"]] = (count + 1, total)
    same("duckdb", {status: (count, total) for status, count, total in counts}, expected)
    frame = polars.read_parquet(path)
    same("polars, Parquet", frame.height, len(cube))
    frame = polars.read_ipc(release / "arrow/cube.arrow")
    same("polars, Arrow", frame["value"].sum(), sum(row["value"] or 0 for row in cube))


def xlsx(release):
    book = openpyxl.load_workbook(release / "tables.xlsx")
    sheets = {}
    for sheet in book.worksheets:
        same(f"merged cells of {sheet.title}", list(sheet.merged_cells.ranges), [])
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    sys.exit(f"{sheet.title} {cell.coordinate} holds a formula")
        sheets[sheet.title] = rows
        if sheet is book.worksheets[0]:
            continue
        same(f"tables of {sheet.title}", len(sheet.tables), 1)
        (table,) = sheet.tables.values()
        first = int("".join(letter for letter in table.ref.split(":")[0] if letter.isdigit()))
        same(f"header of {sheet.title}", [column.name for column in table.tableColumns],
             [str(value) for value in rows[first - 1]])
        same(f"frozen rows of {sheet.title}", int(sheet.freeze_panes.lstrip(string.ascii_uppercase)), first + 1)
    return sheets


def ods(release, expected):
    with zipfile.ZipFile(release / "tables.ods") as archive:
        first = archive.infolist()[0]
        same("first part of the ODS", (first.filename, first.compress_type), ("mimetype", 0))
        for part in archive.namelist():
            if part.endswith(".xml"):
                etree.fromstring(archive.read(part))
    document = load_ods(str(release / "tables.ods"))
    same("covered cells", document.getElementsByType(CoveredTableCell), [])
    tables = document.getElementsByType(Table)
    same("sheets", [table.getAttribute("name") for table in tables], list(expected))
    same("marked tables", len(document.getElementsByType(DatabaseRange)), len(tables) - 1)
    for table in tables:
        name = table.getAttribute("name")
        rows = []
        for row in table.getElementsByType(TableRow):
            cells = []
            for cell in row.getElementsByType(TableCell):
                if cell.getAttribute("formula"):
                    sys.exit(f"{name} holds a formula")
                kind = cell.getAttribute("valuetype")
                if kind == "float":
                    cells.append(float(cell.getAttribute("value")))
                else:
                    cells.append(str(cell) or None)
            rows.append(cells)
        for at, (found, other) in enumerate(zip(rows, expected[name], strict=True)):
            found += [None] * (len(other) - len(found))
            other = [value if value != "" else None for value in other]
            same(f"{name}, row {at + 1}", found, other)


def statline(release, cube):
    expected = {}
    for row in cube:
        family = expected.setdefault(row["table"], [0, 0])
        family[0] += 1
        family[1] += row["value"] or 0
    for family, (figures, total) in expected.items():
        folder = release / "odata" / family

        def load(name):
            answer = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            rows = answer["value"]
            frame = polars.read_csv(
                folder / f"{name}.csv", separator=";", infer_schema_length=None
            )
            same(f"{family}/{name}, CSV", frame.height, len(rows))
            return rows

        observations = load("Observations")
        dimensions = [row["Identifier"] for row in load("Dimensions")]
        measures = {row["Identifier"]: row["Description"] for row in load("MeasureCodes")}
        for dimension in dimensions:
            codes = {row["Identifier"] for row in load(f"{dimension}Codes")}
            groups = {row["Id"] for row in load(f"{dimension}Groups")}
            used = {row[dimension] for row in observations}
            same(f"codes of {dimension}", used - codes, set())
            for row in load(f"{dimension}Codes"):
                same("group", row["DimensionGroupId"] is None or row["DimensionGroupId"] in groups, True)
        points = [
            row for row in observations
            if not measures[row["Measure"]].endswith(("_lower", "_upper"))
        ]
        same(f"figures of {family}", len(points), figures)
        same(f"sum of {family}", round(sum(row["Value"] or 0 for row in points), 4), round(total, 4))
        keys = {tuple(row[name] for name in ["Measure", *dimensions]) for row in observations}
        same(f"keys of {family}", len(keys), len(observations))
        load("Properties")
    folder = release / "odata"
    places = json.loads((folder / "municipal_category/RegioSCodes.json").read_text(encoding="utf-8"))
    same("Amsterdam", "GM0363" in {row["Identifier"] for row in places["value"]}, True)
    times = json.loads((folder / "national_category/PeriodenCodes.json").read_text(encoding="utf-8"))
    same("2026", "2026JJ00" in {row["Identifier"] for row in times["value"]}, True)


def sdmx_files(release, cube):
    path = release / "sdmx/structure.xml"
    structure = sdmx.read_sdmx(path)
    (dsd,) = structure.structure.values()
    same("dimensions", [str(d.id) for d in dsd.dimensions.components][-1], "TIME_PERIOD")
    lists = {code_list.id: set(code_list.items) for code_list in structure.codelist.values()}
    flows = set(structure.dataflow)
    message = read_sdmx(path, validate=True)
    same("pysdmx, data structures", len(message.get_data_structure_definitions()), 1)
    components = {
        "FREQ": "CL_FREQ", "MEASURE": "CL_MEASURE", "POPULATION": "CL_POPULATION",
        "REF_AREA": "CL_REF_AREA", "ETHOS_CATEGORY": "CL_ETHOS_CATEGORY", "SEX": "CL_SEX",
        "AGE": "CL_AGE", "ORIGIN": "CL_ORIGIN", "REGISTERED_IN": "CL_REGISTERED_IN",
        "HOUSEHOLD": "CL_HOUSEHOLD", "DURATION": "CL_DURATION", "CITIZENSHIP": "CL_CITIZENSHIP",
        "RESIDENCE_STATUS": "CL_RESIDENCE_STATUS",
        "OBS_STATUS": "CL_OBS_STATUS", "CONF_STATUS": "CL_CONF_STATUS",
        "ETHOS_STATUS": "CL_ETHOS_STATUS", "RELEASE_STATUS": "CL_RELEASE_STATUS",
        "UNIT_MEASURE": "CL_UNIT_MEASURE",
    }
    expected = {}
    for row in cube:
        expected.setdefault(row["table"], []).append(row)
    same("dataflows", {name.upper() for name in expected}, flows)
    for family, rows in expected.items():
        path = release / "sdmx" / f"{family}.csv"
        (dataset,) = read_sdmx(path).get_datasets()
        frame = dataset.data
        same(f"pysdmx, {family}", len(frame), len(rows))
        same(f"{family}", dataset.short_urn, f"Dataflow=ETHOS_LIGHT:{family.upper()}(1.0)")
        names = [str(d.id) for d in dsd.dimensions.components]
        same(f"keys of {family}", len(frame[names].drop_duplicates()), len(rows))
        for component, code_list in components.items():
            same(f"{family}: {component}", set(frame[component]) - lists[code_list], set())
        values = [number(value) for value in frame["OBS_VALUE"].astype(str).replace("nan", "")]
        same(f"{family}: values", values, [row["value"] for row in rows])
        found = [status.lower() for status in frame["ETHOS_STATUS"]]
        same(f"{family}: statuses", found, [row["status"] for row in rows])
        secret = set(frame.loc[frame["ETHOS_STATUS"] == "SUPPRESSED", "OBS_STATUS"])
        same("suppressed", secret <= {"Q"}, True)
        read = sdmx.read_sdmx(path, structure=dsd)
        same(f"sdmx1, {family}", len(read.data[0].obs), len(rows))


def json_stat(release, cube):
    collection = json.loads((release / "json/collection.json").read_text(encoding="utf-8"))
    expected = {}
    for row in cube:
        expected.setdefault(row["table"], []).append(row)
    same("collection", len(collection["link"]["item"]), len(expected))
    for item in collection["link"]["item"]:
        path = release / "json" / item["href"]
        text = path.read_text(encoding="utf-8")
        rows = expected[path.stem]
        raw = json.loads(text)
        frame = pyjstat.Dataset.read(text).write("dataframe")
        cells = 1
        for size in raw["size"]:
            cells *= size
        same(f"cells of {path.stem}", len(frame), cells)
        whole = sum(value or 0 for row in rows for value in (row["value"], row["lower"], row["upper"]))
        # Rates have decimals.
        same(f"sum of {path.stem}", round(frame["value"].fillna(0).sum(), 4), round(whole, 4))
        same("statuses", set(raw["status"].values()), {row["status"] for row in rows})


def main():
    release = Path(sys.argv[1])
    cube = cube_of(release)
    statuses = {row["status"] for row in cube}
    same("unknown statuses", statuses - STATUSES, set())
    if "--every-status" in sys.argv:
        same("statuses that do not occur", STATUSES - statuses, set())
    for name, read in (
        ("Data Package (frictionless)", lambda: data_package(release, cube)),
        ("CSVW (csvw)", lambda: csv_on_the_web(release, cube)),
        ("Parquet and Arrow (pyarrow, duckdb, polars)", lambda: columns(release, cube)),
        ("XLSX and ODS (openpyxl, odfpy)", lambda: ods(release, xlsx(release))),
        ("StatLine's folder (json, polars)", lambda: statline(release, cube)),
        ("SDMX (sdmx1, pysdmx)", lambda: sdmx_files(release, cube)),
        ("JSON-stat (pyjstat)", lambda: json_stat(release, cube)),
    ):
        read()
        print(f"{name}: read back")


main()
