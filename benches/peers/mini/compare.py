"""Pinwheel's final values against those of `reference.csv`: quantiles, and the two-sample test of
Kolmogorov and Smirnov. Exit code 1 where p <= 0.001."""

import csv
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet

NAMES = ("token_price", "nodes_active", "tokens_minted", "tokens_burned")


def finals(path, name):
    """The last value of a metric in each run, in order."""
    columns = ["run", "time", "value"]
    table = pyarrow.parquet.read_table(path, columns=columns, filters=[("metric", "=", name)])
    time = table["time"].to_numpy()
    return np.sort(table["value"].to_numpy()[time == time.max()])


def kolmogorov_smirnov(one, other):
    """The p-value (Stephens' approximation)."""
    both = np.concatenate([one, other])
    shares = [np.searchsorted(x, both, side="right") / x.size for x in (one, other)]
    distance = np.abs(shares[0] - shares[1]).max()
    root = np.sqrt(one.size * other.size / (one.size + other.size))
    x = (root + 0.12 + 0.11 / root) * distance
    j = np.arange(1, 101)
    return 1.0 if x < 0.2 else float(2.0 * ((-1.0) ** (j - 1) * np.exp(-2 * j**2 * x**2)).sum())


def main(path):
    with open(Path(__file__).parent / "reference.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    failed = False
    for name in NAMES:
        ours, theirs = finals(path, name), np.sort([float(row[name]) for row in rows])
        if name == "tokens_minted":
            gap = np.abs(ours / theirs - 1.0).max()
            failed |= gap > 1e-9
            print(f"Pinwheel, {name}: within {gap:.1e} of numpy in every run")
            continue
        p = kolmogorov_smirnov(ours, theirs)
        failed |= p <= 0.001
        quantiles = [np.quantile(x, (0.05, 0.5, 0.95)) for x in (ours, theirs)]
        words = [" ".join(f"{value:.6g}" for value in each) for each in quantiles]
        print(f"Pinwheel, {name}: 5, 50, 95 %: {words[0]}; numpy: {words[1]}; p = {p:.2f}")
    sys.exit(int(failed))


if __name__ == "__main__":
    main(sys.argv[1])
