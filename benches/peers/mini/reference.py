"""Writes what the reference says of the small model: `reference.csv`, the final values of 400 runs
in numpy, and `quantiles.csv`, their quantiles with the standard errors of a bootstrap (10,000
samples with replacement, seed 1), of the logarithm for the price. Both are data of the test
`models/tests/generic`.

    python3 reference.py        (numpy 1.26 or later; half a minute)
"""

import csv
from pathlib import Path

import numpy as np

import core
import run_numpy

RUNS = 400
NAMES = ("token_price", "nodes_active", "tokens_minted", "tokens_burned")
QUANTILES = (0.05, 0.5, 0.95)
HERE = Path(__file__).parent


def main():
    p = core.Parameters(gini_every=10**9)
    finals = np.array([core.outcome(run_numpy.run(p, number)) for number in range(RUNS)])
    with open(HERE / "reference.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("run",) + NAMES)
        for number, row in enumerate(finals):
            writer.writerow([number] + [f"{value:.10g}" for value in row])
    rng = np.random.default_rng(1)
    with open(HERE / "quantiles.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("metric", "quantile", "value", "standard_error"))
        for column, name in enumerate(NAMES):
            values = finals[:, column]
            scale = np.log if name == "token_price" else np.asarray
            samples = rng.choice(scale(values), size=(10_000, RUNS))
            for q in QUANTILES:
                error = np.quantile(samples, q, axis=1).std()
                value = np.quantile(scale(values), q)
                writer.writerow((name, q, f"{value:.10g}", f"{error:.4g}"))


if __name__ == "__main__":
    main()
