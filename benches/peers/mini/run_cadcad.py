"""The small model in cadCAD: one block whose policy is the day's step and whose updates take their
value from it. Without the deep copy of the state, its fastest mode; `--copy` keeps the default."""

import contextlib
import io
import sys

from cadCAD.configuration import Experiment
from cadCAD.configuration.utils import config_sim
from cadCAD.engine import ExecutionContext, ExecutionMode, Executor

import bench
import core

DEEP_COPY = "--copy" in sys.argv
if DEEP_COPY:
    sys.argv.remove("--copy")


def run(p, number):
    w = core.world(p, number)
    state = core.start(p)

    def day(params, substep, history, previous, *_):
        return core.step(w, previous, previous["timestep"])

    def take(name):
        return lambda params, substep, history, previous, signal, *_: (name, signal[name])

    block = {"policies": {"day": day}, "variables": {name: take(name) for name in state}}
    experiment = Experiment()
    experiment.append_model(
        model_id="mini",
        sim_configs=config_sim({"N": 1, "T": range(p.days)}),
        initial_state=state,
        partial_state_update_blocks=[block],
    )
    context = ExecutionContext(
        ExecutionMode().single_mode, additional_objs={"deepcopy_off": not DEEP_COPY}
    )
    with contextlib.redirect_stdout(io.StringIO()):
        rows, _, _ = Executor(context, configs=experiment.configs).execute()
    return rows[-1]


if __name__ == "__main__":
    bench.main(run)
