"""The shards of a plan on Dask: `pip install dask distributed`, then

    pinwheel plan scenarios/reviews/fip0118.toml --shards 8 -o plan
    python docs/clusters/dask_shards.py plan                              # workers on this machine
    python docs/clusters/dask_shards.py plan --scheduler tcp://host:8786  # or on a cluster
    pinwheel merge plan -o out/fip0118

Workers need the folder of the plan and the `pinwheel` binary. A shard that is started twice, or
again after its worker died, does only what is missing.
"""

import argparse
import json
import subprocess
from pathlib import Path

BAD_INPUT = 2
RETRIES = 3


class BadPlan(Exception):
    """Trying again is in vain."""


def shard(plan, index, pinwheel):
    """Runs one shard; returns an error for what no retry can mend, and raises for the rest."""
    command = [pinwheel, "shard", plan, "--index", str(index), "--threads", "1", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == BAD_INPUT:
        return done.stderr.strip()
    if done.returncode != 0:
        raise RuntimeError(f"shard {index} ended with {done.returncode}: {done.stderr.strip()}")
    return None


def run(client, plan, pinwheel="pinwheel"):
    """Runs all shards of a plan on a Dask client."""
    lines = (Path(plan) / "shards.jsonl").read_text().splitlines()
    indices = [json.loads(line)["index"] for line in lines]
    plan = str(Path(plan).resolve())
    futures = client.map(
        shard, [plan] * len(indices), indices, [pinwheel] * len(indices), retries=RETRIES, pure=False
    )
    for index, error in zip(indices, client.gather(futures)):
        if error:
            raise BadPlan(f"shard {index}: {error}")
    return len(indices)


def main():
    from dask.distributed import Client, LocalCluster

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("plan", help="folder of the plan")
    arguments.add_argument("--scheduler", help="address of a running scheduler")
    arguments.add_argument("--pinwheel", default="pinwheel", help="the binary, on the workers")
    given = arguments.parse_args()
    if given.scheduler:
        client = Client(given.scheduler)
    else:
        client = Client(LocalCluster(threads_per_worker=1, host="127.0.0.1", dashboard_address=None))
    with client:
        print(run(client, given.plan, given.pinwheel), "shards finished")


if __name__ == "__main__":
    main()
