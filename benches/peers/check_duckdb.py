"""The checks of `ethos check` on a gmsd/2015 file that SQL can express, with DuckDB.

Prints what it found by check, writes every finding (row, column, check) to a CSV, and says how long it
took. What it leaves out: encodings and delimiters told from the bytes, stray quotes, headers below
titles, lost zeros and dressed numbers told apart, codes by the day, explanations, masks, suggestions,
fingerprints, the rules about a file as a whole and about its previous delivery.

    python3 benches/peers/check_duckdb.py FILE [THREADS]
"""

import sys
import time

import duckdb

path = sys.argv[1]
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
began = time.perf_counter()
db = duckdb.connect()
db.execute(f"SET threads = {threads}")
db.execute("SET preserve_insertion_order = true")
db.execute(
    """
    CREATE TABLE file AS
    SELECT row_number() OVER () + 1 AS row, * FROM read_csv(
        ?, delim = ';', header = true, all_varchar = true, quote = '"',
        null_padding = true, strict_mode = false, ignore_errors = true, store_rejects = true)
    """,
    [path],
)


def day(column):
    return (
        f"CASE WHEN length({column}) = 8 THEN try_strptime({column}, '%Y%m%d') "
        f"ELSE try_strptime({column}, '%Y-%m-%d') END::DATE"
    )


dates = ["aanmaakdatum_bestand", "beoogde_startdatum", "beoogde_einddatum", "startdatum", "einddatum",
         "datum_uitstroomgereed"]
eleven = " + ".join(f"{9 - at} * ascii(substr(bsn, {at + 1}, 1)) - {9 - at} * 48" for at in range(8))
typed = ", ".join(f"{day(column)} AS d_{column}" for column in dates)
db.execute(
    f"""
    CREATE TABLE typed AS
    SELECT row, bsn, gemeentecode, productcategorie, type_aanbieder, bedrag, reden_einde, {typed},
        {", ".join(f"{column} IS NOT NULL AND trim({column}) <> '' AS has_{column}" for column in dates)},
        regexp_full_match(coalesce(bsn, ''), '[0-9]{{9}}') AND
            (CASE WHEN regexp_full_match(coalesce(bsn, ''), '[0-9]{{9}}')
                THEN ({eleven} - ascii(substr(bsn, 9, 1)) + 48) % 11 END) = 0 AS good_bsn
    FROM file
    """
)
checks = {
    ("bsn", "blank"): "bsn IS NULL OR bsn = ''",
    ("bsn", "eleven test"): "bsn <> '' AND NOT good_bsn",
    ("gemeentecode", "blank"): "gemeentecode IS NULL OR gemeentecode = ''",
    ("gemeentecode", "no code"): "gemeentecode <> '' AND NOT regexp_full_match(gemeentecode, '(GM)?[0-9]{1,4}')",
    ("productcategorie", "blank"): "productcategorie IS NULL OR productcategorie = ''",
    ("productcategorie", "no code"): "productcategorie <> '' AND "
        "NOT regexp_full_match(productcategorie, '0?[1-9]|1[0-8]')",
    ("bedrag", "no amount"): "bedrag <> '' AND NOT regexp_full_match(bedrag, '-?[0-9., ]+')",
    ("reden_einde", "no code"): "reden_einde <> '' AND "
        "reden_einde NOT IN ('02','2','19','20','21','22','23','31','36','37','38','39')",
    ("einddatum", "before the start"): "d_einddatum < d_startdatum",
    ("einddatum", "after the file"): "d_einddatum > d_aanmaakdatum_bestand AND year(d_einddatum) < 2100",
    ("startdatum", "after the file"): "d_startdatum > d_aanmaakdatum_bestand",
    ("startdatum", "blank"): "NOT has_startdatum",
    ("einddatum", "open end written"): "year(d_einddatum) >= 2100",
    ("beoogde_einddatum", "before its start"): "d_beoogde_einddatum < d_beoogde_startdatum",
    ("startdatum", "far from plan"): "abs(d_startdatum - d_beoogde_startdatum) > 180",
    ("einddatum", "very long"): "d_einddatum - d_startdatum > 1825 AND productcategorie IN ('16', '17')",
    ("einddatum", "very long open"): "NOT has_einddatum AND d_aanmaakdatum_bestand - d_startdatum > 3650",
    ("reden_einde", "without an end"): "reden_einde <> '' AND NOT has_einddatum",
    ("reden_einde", "missing"): "(reden_einde IS NULL OR reden_einde = '') AND has_einddatum",
    ("einddatum", "long emergency"): "productcategorie = '17' AND d_einddatum - d_startdatum > 730",
    ("datum_uitstroomgereed", "before the start"): "d_datum_uitstroomgereed < d_startdatum",
    ("datum_uitstroomgereed", "after the end"): "d_datum_uitstroomgereed > d_einddatum",
    ("type_aanbieder", "closed"): "NOT has_einddatum AND "
        "regexp_matches(type_aanbieder, '(?i)gesloten|opgeheven|failliet')",
}
for column in dates:
    checks[column, "no date"] = f"has_{column} AND d_{column} IS NULL"
parts = [
    f"SELECT row, '{column}' AS col, '{what}' AS what FROM typed WHERE {condition}"
    for (column, what), condition in checks.items()
]
columns = "bsn, gemeentecode, productcategorie, type_aanbieder, beoogde_startdatum, beoogde_einddatum, " \
    "leveringsvorm, startdatum, einddatum, intensiteit, bedrag, reden_einde"
parts.append(
    f"SELECT row, NULL, 'row twice' FROM (SELECT row, row_number() OVER (PARTITION BY {columns} ORDER BY row) "
    "AS nth FROM file) WHERE nth > 1"
)
person = "PARTITION BY bsn ORDER BY d_startdatum, row"
before = f"{person} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
db.execute(
    f"""
    CREATE TABLE persons AS
    SELECT row, d_startdatum, d_einddatum, productcategorie,
        max(d_einddatum) OVER ({before}) AS latest, lag(d_startdatum) OVER ({person}) AS last_start,
        lag(d_einddatum) OVER ({person}) AS last_end, lag(productcategorie) OVER ({person}) AS last_product,
        lag(reden_einde) OVER ({person}) AS last_reason, count(*) OVER (PARTITION BY bsn) AS stays,
        row_number() OVER ({person}) AS nth
    FROM typed WHERE good_bsn AND productcategorie IN ('15', '16', '17', '18')
    """
)
for what, condition in {
    "overlaps": "d_startdatum <= latest AND d_startdatum > last_start AND productcategorie = last_product",
    "began while open": "last_start IS NOT NULL AND last_end IS NULL AND d_startdatum > last_start "
        "AND productcategorie = last_product",
    "short gap": "d_startdatum - last_end BETWEEN 2 AND 7 AND productcategorie = last_product",
    "very many stays": "stays > 20 AND nth = 1",
    "after death": "last_reason = '02' AND d_startdatum > last_end",
    "same days, other product": "d_startdatum = last_start AND d_einddatum = last_end "
        "AND productcategorie <> last_product",
}.items():
    parts.append(f"SELECT row, 'startdatum', '{what}' FROM persons WHERE {condition}")
parts.append("SELECT line, NULL, 'ragged' FROM reject_errors")
db.execute("CREATE TABLE findings AS " + " UNION ALL ".join(parts))
db.execute(f"COPY (FROM findings ORDER BY row, col, what) TO '{path}.duckdb.csv' (HEADER)")
rows = db.execute("SELECT count(*) FROM file").fetchone()[0]
found = db.execute("SELECT what, count(*) FROM findings GROUP BY what ORDER BY 2 DESC").fetchall()
took = time.perf_counter() - began
print(f"duckdb {duckdb.__version__}: {rows} rows, {sum(n for _, n in found)} findings, {took:.2f} s")
for what, count in found:
    print(f"  {count:8} {what}")
