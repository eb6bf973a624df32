"""numpy and statsmodels: 1,000 replicate fits of one model on a table of 252 cells.

Usage: python irls.py TABLE [REPLICATES]

numpy is measured both ways: one replicate at a time, and all replicates batched in one array program.
Every fit starts at the parent fit and stops when the deviance changes by less than 1e-8 of itself, as
R's glm does. Run with OPENBLAS_NUM_THREADS=1 for one core.
"""

import sys
import time

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm

COVARIATES = ["sex", "age", "origin", "g4"]
LISTS = ["L1", "L2", "L3"]
PAIRS = [("sex", "age"), ("age", "origin"), ("age", "g4"), ("origin", "g4")]


def design(table):
    """Treatment contrasts, first level the reference."""
    dummies = {
        c: [(table[c] == level).to_numpy(float) for level in table[c].unique()[1:]] for c in COVARIATES
    }
    lists = {name: table[name].to_numpy(float) for name in LISTS}
    columns = [np.ones(len(table))] + list(lists.values())
    columns += [d for c in COVARIATES for d in dummies[c]]
    columns += [lists[name] * d for name in LISTS for c in COVARIATES for d in dummies[c]]
    columns += [lists["L1"] * lists["L2"], lists["L1"] * lists["L3"]]
    columns += [a * b for left, right in PAIRS for a in dummies[left] for b in dummies[right]]
    return np.column_stack(columns)


def fit(x, y, beta):
    """Newton's method on one table."""
    last = np.inf
    for _ in range(25):
        mu = np.exp(x @ beta)
        beta = beta + np.linalg.solve(x.T @ (x * mu[:, None]), x.T @ (y - mu))
        mu = np.exp(x @ beta)
        loss = mu.sum() - y @ np.log(mu)
        if abs(loss - last) < 1e-8 * (abs(loss) + 0.1):
            break
        last = loss
    return beta


def fit_all(x, ys, beta):
    """The same on all tables at once; ys has a row a table."""
    betas = np.tile(beta, (len(ys), 1))
    last = np.full(len(ys), np.inf)
    # Columns are 0/1, so the information of every table is one product with all pairs of columns.
    upper = np.triu_indices(x.shape[1])
    pairs = x[:, upper[0]] * x[:, upper[1]]
    for _ in range(25):
        mu = np.exp(betas @ x.T)
        packed = mu @ pairs
        information = np.empty((len(ys), x.shape[1], x.shape[1]))
        information[:, upper[0], upper[1]] = packed
        information[:, upper[1], upper[0]] = packed
        betas += np.linalg.solve(information, ((ys - mu) @ x)[..., None])[..., 0]
        mu = np.exp(betas @ x.T)
        loss = mu.sum(axis=1) - (ys * np.log(mu)).sum(axis=1)
        if (np.abs(loss - last) < 1e-8 * (np.abs(loss) + 0.1)).all():
            break
        last = loss
    return betas


def took(run, times=3):
    best = np.inf
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def main():
    replicates = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    table = pd.read_csv(sys.argv[1])
    table = table[table[LISTS].sum(axis=1) > 0]
    x, y = design(table), table["count"].to_numpy(float)
    assert x.shape == (252, 40)
    parent = sm.GLM(y, x, family=sm.families.Poisson()).fit(tol=1e-12)
    beta = np.asarray(parent.params)
    assert np.allclose(fit(x, y, beta), beta, atol=1e-8)
    ys = np.random.default_rng(1).poisson(np.exp(x @ beta), (replicates, 252)).astype(float)
    assert np.allclose(fit_all(x, ys[:20], beta)[7], fit(x, ys[7], beta), atol=1e-6)
    rows = [
        (f"numpy {np.__version__}", f"{replicates} one at a time", took(lambda: [fit(x, row, beta) for row in ys])),
        (f"numpy {np.__version__}", f"{replicates} batched", took(lambda: fit_all(x, ys, beta))),
        (
            f"statsmodels {statsmodels.__version__}",
            f"{replicates} GLM",
            took(lambda: [sm.GLM(row, x, family=sm.families.Poisson()).fit(start_params=beta) for row in ys], 1),
        ),
    ]
    print("peer,what,seconds")
    for peer, what, seconds in rows:
        print(f"{peer},{what},{seconds:.4f}")


if __name__ == "__main__":
    main()
