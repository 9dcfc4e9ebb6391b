"""Runs a plan on two local Dask workers and kills one of them, with what it runs, in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from dask.distributed import Client, LocalCluster

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs" / "clusters"))
import dask_shards  # noqa: E402


def kill_one(client, plan, killed):
    """Waits for the first finished run, then kills a worker and its children."""
    while not list((Path(plan) / "runs").glob("*.run")):
        time.sleep(0.01)
    pid = sorted(client.run(os.getpid).values())[0]
    subprocess.run(["pkill", "-KILL", "-P", str(pid)], check=False)
    os.kill(pid, signal.SIGKILL)
    killed.append(pid)


def main():
    plan = sys.argv[1]
    client = Client(
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    )
    with client:
        client.upload_file(str(ROOT / "docs" / "clusters" / "dask_shards.py"))
        killed = []
        killer = threading.Thread(target=kill_one, args=(client, plan, killed))
        killer.start()
        shards = dask_shards.run(client, plan)
        killer.join()
        assert killed, "no worker was killed"
        print(f"{shards} shards finished, worker {killed[0]} was killed")


if __name__ == "__main__":
    main()
