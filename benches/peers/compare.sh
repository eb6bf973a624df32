#!/bin/sh
# Measures ethos and the packages it is compared with, one after the other on one core, and prints
# `peer,what,seconds` of processor time (of wall time where two threads are used). Needs R
# (r-base-core) and a Python with numpy, pandas and statsmodels; what is missing is left out. Run from
# the root of the repository:
#   PYTHON=python3 sh benches/peers/compare.sh
set -eu
table=crates/ethos-estimate/tests/data/cov3.csv
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
command -v Rscript >/dev/null && Rscript benches/peers/glm.R "$table"
"${PYTHON:-python3}" -c 'import numpy, pandas, statsmodels' 2>/dev/null &&
    "${PYTHON:-python3}" benches/peers/irls.py "$table"
cargo bench -q -p ethos-benches --bench peers
