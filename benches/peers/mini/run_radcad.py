"""The small model in radCAD: one block whose policy is the day's step and whose updates take their
value from it, the leanest form we found. `--copy` keeps the default deep copy of the state."""

import sys

from radcad import Engine, Experiment, Model, Simulation
from radcad.engine import Backend

import bench
import core

DEEP_COPY = "--copy" in sys.argv
if DEEP_COPY:
    sys.argv.remove("--copy")


def run(p, number):
    w = core.world(p, number)
    state = core.start(p)

    def day(params, substep, history, previous):
        # radCAD counts the steps of a run from 1.
        return core.step(w, previous, previous["timestep"])

    def take(name):
        return lambda params, substep, history, previous, signal: (name, signal[name])

    block = {"policies": {"day": day}, "variables": {name: take(name) for name in state}}
    model = Model(initial_state=state, state_update_blocks=[block], params={})
    experiment = Experiment(Simulation(model=model, timesteps=p.days, runs=1))
    experiment.engine = Engine(
        backend=Backend.SINGLE_PROCESS, deepcopy=DEEP_COPY, drop_substeps=True
    )
    return experiment.run()[-1]


if __name__ == "__main__":
    bench.main(run)
