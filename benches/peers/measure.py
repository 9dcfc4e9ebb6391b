#!/usr/bin/env python3
"""The small model in five programs, measured in one session: numpy, radCAD, cadCAD, Mesa, Pinwheel.

Makes a virtual environment for each (pip, from PyPI), checks that the programs agree, then measures
them in turns, round by round, because the speed of a shared machine changes from minute to minute.
All times are processor time, never the clock on the wall; all programs have one thread.

    cargo build --release
    python3 benches/peers/measure.py                    (a quarter of an hour)
    python3 benches/peers/measure.py --rounds 1 --runs 50

The time of a peer is that of its runs alone, imports not counted. Pinwheel is measured twice: its
runs alone, with their records on disk ("pinwheel shard"), and the whole process, from the scenario
file to the written result with its table, verdict and report, over the number of runs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MINI = HERE / "mini"
SCENARIO = ROOT / "scenarios" / "mini" / "depin-mini.toml"

PACKAGES = {
    "numpy": ["numpy==1.26.3", "pyarrow==18.1.0"],
    # It does not import without typing_extensions, and holds numpy below 1.26.4.
    "radcad": ["radcad==0.14.0", "typing_extensions"],
    "cadcad": ["cadCAD==0.5.3", "numpy==1.26.3"],
    "mesa": ["mesa==3.3.1", "numpy==1.26.3"],
}
# Name, environment, program with its switches, runs in a round.
PEERS = [
    ("numpy, no framework", "numpy", ["run_numpy.py"], 8),
    ("radCAD, as it comes", "radcad", ["run_radcad.py", "--copy"], 1),
    ("radCAD, no deep copy", "radcad", ["run_radcad.py"], 4),
    ("cadCAD, as it comes", "cadcad", ["run_cadcad.py", "--copy"], 3),
    ("cadCAD, no deep copy", "cadcad", ["run_cadcad.py"], 4),
    ("Mesa, an agent a node", "mesa", ["run_mesa.py"], 1),
]
PINWHEEL = "Pinwheel, whole run"
SHARD = "Pinwheel, runs alone"
# What was owed: times faster than these, in runs a second of a core.
OWED = {"numpy, no framework": 20, "cadCAD, no deep copy": 50, "Mesa, an agent a node": 300}
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "POLARS_MAX_THREADS",
    )
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pinwheel", type=Path, default=ROOT / "target/release/pinwheel")
    parser.add_argument("--venvs", type=Path, default=ROOT / "target/peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=400, help="Pinwheel's runs in a round")
    parser.add_argument("--skip-slow", action="store_true", help="leave out deep copies")
    given = parser.parse_args()
    given.pinwheel = given.pinwheel.resolve()
    pythons = {name: environment(given.venvs / name, name) for name in PACKAGES}
    peers = [peer for peer in PEERS if not (given.skip_slow and "--copy" in peer[2])]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        agree(peers, pythons)
        agree_in_distribution(given.pinwheel, pythons["numpy"], scratch)
        for gini_every in (1, 30):
            measured = measure(given, peers, pythons, gini_every, scratch)
            table(measured, gini_every)


def environment(folder, name):
    """The Python of an environment with the packages of a program."""
    python = folder / "bin" / "python"
    done = folder / ("done-" + "-".join(PACKAGES[name]).replace("=", ""))
    if not done.exists():
        print(f"making {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=folder.exists())
        install = [python, "-m", "pip", "install", "--quiet", *PACKAGES[name]]
        subprocess.run(install, check=True)
        done.touch()
    return python


def child(command):
    """Runs a program to its end; its output, seconds of processor time and peak memory in MB."""
    environment = {**os.environ, **ONE_THREAD}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=output,
            stderr=errors,
            env=environment,
            cwd=MINI,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
        errors.seek(0)
        words = errors.read().decode()
    if process.returncode != 0:
        command = " ".join(str(word) for word in command)
        sys.exit(f"exit code {process.returncode}: {command}\n{text}{words}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0


def peer(name, pythons, *switches):
    _, env, program, _ = next(entry for entry in PEERS if entry[0] == name)
    text, _, _ = child([pythons[env], *program, *switches])
    return json.loads(text.strip().splitlines()[-1])


def agree(peers, pythons):
    """The peers have the same draws, so that their outcomes are equal but for roundings."""
    reference = peer("numpy, no framework", pythons, "--runs", 2)["finals"]
    for name, *_ in peers:
        finals = peer(name, pythons, "--runs", 2 if "as it" not in name else 1)["finals"]
        for one, other in zip(finals, reference):
            gap = max(abs(a - b) / max(abs(b), 1.0) for a, b in zip(one, other))
            if gap > 1e-9:
                sys.exit(f"{name} differs from numpy by {gap}: {one} {other}")
        print(f"{name}: the outcome of numpy within 1e-9", file=sys.stderr)


def agree_in_distribution(pinwheel, python, scratch):
    """Pinwheel has another generator: distributions over 400 runs, as the test of the layer."""
    folder = scratch / "full"
    child([pinwheel, "run", SCENARIO, "-o", folder, "--set", "ensemble.runs=400", "--quiet"])
    text, _, _ = child([python, MINI / "compare.py", folder / "metrics.parquet"])
    print(text, file=sys.stderr, end="")


def pinwheel_whole(pinwheel, runs, gini_every, scratch):
    """From the file to the result with its table, verdict and report."""
    folder = scratch / "whole"
    _, seconds, peak = child(
        [pinwheel, "run", SCENARIO, "-o", folder, "--threads", 1, "--quiet"]
        + settings(runs, gini_every)
    )
    return seconds / runs, peak


def pinwheel_shard(pinwheel, runs, gini_every, scratch):
    """The runs with their records on disk, as one of many machines does them."""
    plan = scratch / f"plan-{time.monotonic_ns()}"
    command = [pinwheel, "plan", SCENARIO, "-o", plan, "--shards", 1]
    child(command + settings(runs, gini_every))
    _, seconds, peak = child([pinwheel, "shard", plan, "--index", 0, "--threads", 1, "--quiet"])
    return seconds / runs, peak


def settings(runs, gini_every):
    every = f'network.concentration_every="{gini_every} d"'
    return ["--set", f"ensemble.runs={runs}", "--set", every]


def measure(given, peers, pythons, gini_every, scratch):
    """Seconds of each round and peak memory by program."""
    measured = {}

    def note(name, seconds, peak):
        rounds, most = measured.setdefault(name, ([], 0.0))
        measured[name] = (rounds + [seconds], max(most, peak))

    for number in range(given.rounds):
        for name, _, _, runs in peers:
            report = peer(name, pythons, "--runs", runs, "--gini-every", gini_every)
            note(name, statistics.mean(report["seconds"]), report["peak_mb"])
        for name, program in ((SHARD, pinwheel_shard), (PINWHEEL, pinwheel_whole)):
            note(name, *program(given.pinwheel, given.runs, gini_every, scratch))
        print(f"round {number + 1} of {given.rounds} done", file=sys.stderr)
    return measured


def table(measured, gini_every):
    period = {1: "a day", 30: "in thirty days"}[gini_every]
    print(f"\nGini coefficient of 1,000 rewards once {period} in every program; 1,825 days.\n")
    print(
        "| program | s a run, median (range) | peak MB | runs/s of a core "
        "| runs alone is faster | whole run is faster | owed |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, (rounds, peak) in measured.items():
        middle = statistics.median(rounds)
        spread = f"{middle:.4f} ({min(rounds):.4f} to {max(rounds):.4f})"
        faster = ["", ""]
        if name not in (PINWHEEL, SHARD):
            faster = [ratio(rounds, measured[own][0]) for own in (SHARD, PINWHEEL)]
        owed = f"{OWED[name]}x" if name in OWED else ""
        cells = [name, spread, f"{peak:.0f}", f"{1 / middle:.1f}", *faster, owed]
        print("| " + " | ".join(cells) + " |")


def ratio(rounds, own):
    """How many times faster, from pairs of one round: both met the same neighbours."""
    ratios = sorted(one / other for one, other in zip(rounds, own))
    return f"{statistics.median(ratios):.1f}x ({ratios[0]:.1f} to {ratios[-1]:.1f})"


if __name__ == "__main__":
    main()
