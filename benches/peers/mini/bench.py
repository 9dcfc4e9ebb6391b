"""What every program of this folder does around its `run`: read the arguments, run, measure, print
one JSON object: seconds of processor time for each run, peak memory, the final values."""

import argparse
import json
import resource
import sys

import core


def main(run):
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    parser.add_argument("--days", type=int, default=1825)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--gini-every", type=int, default=1)
    given = parser.parse_args()
    p = core.Parameters(days=given.days, nodes=given.nodes, gini_every=given.gini_every)
    seconds, finals = [], []
    for number in range(given.first, given.first + given.runs):
        before = processor_seconds()
        state = run(p, number)
        seconds.append(processor_seconds() - before)
        finals.append(core.outcome(state))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    json.dump({"seconds": seconds, "peak_mb": peak, "finals": finals}, sys.stdout)
    print()


def processor_seconds():
    """Of this process and the children it has waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
