#!/usr/bin/env bash
# The examples of docs/clusters on this machine: each must give the result of one process.
# Skips with a message what needs a program that is not here.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
cargo build --release --quiet
target=${CARGO_TARGET_DIR:-target}
PATH="$(cd "$target/release" && pwd):$PATH"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
scenario="scenarios/infra/bathtub.toml"
set=(--set ensemble.runs=12 --set run.horizon='"400 d"')
passed=0 skipped=0

pinwheel run "$scenario" "${set[@]}" --yes --quiet -o "$folder/straight" >"$folder/straight.txt" || true
same() {
    pinwheel merge "$folder/$1" -o "$folder/$1-merged" --quiet >"$folder/$1.txt" || true
    cmp "$folder/straight.txt" "$folder/$1.txt"
    cmp "$folder/straight/metrics.parquet" "$folder/$1-merged/metrics.parquet"
    cmp "$folder/straight/verdict.json" "$folder/$1-merged/verdict.json"
    echo "ok: $1 gives the result of one process"
    passed=$((passed + 1))
}
plan() { pinwheel plan "$scenario" "${set[@]}" --shards 4 -o "$folder/$1"; }

# Slurm sets the index and the processors of each task.
plan slurm
for index in 2 0 3 1 0; do
    SLURM_ARRAY_TASK_ID=$index SLURM_CPUS_PER_TASK=1 bash docs/clusters/slurm.sh "$folder/slurm"
done
same slurm
SLURM_ARRAY_TASK_ID=9 bash docs/clusters/slurm.sh "$folder/slurm" 2>/dev/null && exit 1
[ "$(SLURM_ARRAY_TASK_ID=9 bash docs/clusters/slurm.sh "$folder/slurm" 2>/dev/null; echo $?)" = 2 ]

# Kubernetes sets the index of each pod; its volume lies at /plan.
if "$python" -c 'import yaml' 2>/dev/null; then
    plan kubernetes
    args=$("$python" -c 'import yaml
job = yaml.safe_load(open("docs/clusters/kubernetes.yaml"))
spec = job["spec"]
rule = spec["podFailurePolicy"]["rules"][0]
pod = spec["template"]["spec"]
assert job["kind"] == "Job" and spec["completionMode"] == "Indexed"
assert rule["action"] == "FailIndex" and rule["onExitCodes"]["values"] == [2]
assert rule["onExitCodes"]["containerName"] == pod["containers"][0]["name"]
assert pod["restartPolicy"] == "Never"
print(pod["containers"][0]["args"][0])')
    for index in 0 1 2 3; do
        JOB_COMPLETION_INDEX=$index sh -c "${args//\/plan/$folder/kubernetes}"
    done
    same kubernetes
else
    echo "skipped: kubernetes, as $python has no yaml (pip install pyyaml)"
    skipped=$((skipped + 1))
fi

# Dask: two local workers, one of which is killed in the middle.
if "$python" -c 'import dask, distributed' 2>/dev/null; then
    plan dask
    "$python" tests/dask_kill.py "$folder/dask"
    same dask
else
    echo "skipped: dask, as $python has no dask (pip install dask distributed)"
    skipped=$((skipped + 1))
fi
echo "$passed passed, 0 failed, $skipped skipped"
