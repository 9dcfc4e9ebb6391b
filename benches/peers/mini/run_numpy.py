"""The small model in numpy without a framework."""

import numpy as np

import bench
import core


def run(p, number):
    w, s = core.world(p, number), core.start(p)
    rows = np.empty((p.days, len(core.RECORDED)))
    for t in range(p.days):
        s = core.step(w, s, t)
        rows[t] = [s[name] for name in core.RECORDED]
    return s


if __name__ == "__main__":
    bench.main(run)
