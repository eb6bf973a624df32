#!/bin/sh
# Measures `ethos check` and two other ways to check a delivery, one after the other on the same file: a
# script of SQL checks in DuckDB, and frictionless with a Table Schema. Needs a Python with duckdb and
# frictionless; what is missing is left out. frictionless is given the first rows only, as many as FEW
# says. Prints wall, user and system seconds and memory of each. Run from the root of the repository:
#   PYTHON=python3 sh benches/peers/compare_check.sh [ROWS] [FOLDER]
set -eu
rows=${1:-1000000}
folder=${2:-$(mktemp -d)}
few=${FEW:-50000}
ethos=${ETHOS:-target/release/ethos}
python=${PYTHON:-python3}
here=$(dirname "$0")
[ -x "$ethos" ] || cargo build --release --locked -p ethos-cli --bin ethos
file=$folder/gmsd_$rows.csv
[ -f "$file" ] || "$ethos" layouts sample gmsd --rows "$rows" --dirt 0.02 --seed 1 --out "$file"
small=$folder/gmsd_$few.csv
head -n "$((few + 1))" "$file" >"$small"

took() {
    echo "== $*"
    /usr/bin/time -f '%e s wall, %U s user, %S s system, %M KB' "$@" >"$folder/out" || true
    head -n 1 "$folder/out"
}

for _ in 1 2 3; do
    took "$ethos" check "$file"
done
took "$ethos" check --threads 1 "$file"
took "$ethos" check "$small"
if "$python" -c 'import duckdb' 2>/dev/null; then
    took "$python" "$here/check_duckdb.py" "$file" 2
    took "$python" "$here/check_duckdb.py" "$file" 1
fi
if "$python" -c 'import frictionless' 2>/dev/null; then
    took "$python" "$here/check_frictionless.py" "$small"
fi
