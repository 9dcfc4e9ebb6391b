#!/bin/bash
# A shard of a plan for each task of a Slurm array. Submit with as many tasks as shards:
#
#   pinwheel plan scenarios/reviews/fip0118.toml --shards 8 -o /shared/plan
#   sbatch --array=0-7 docs/clusters/slurm.sh /shared/plan
#   pinwheel merge /shared/plan -o out/fip0118      # lists what is missing; submit those again
#
#SBATCH --job-name=pinwheel
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
set -u
plan=${1:?the folder of the plan, on a file system that all nodes share}

# A task that is requeued does only what is missing. Exit code 2 means that trying again is in vain.
exec pinwheel shard "$plan" --index "$SLURM_ARRAY_TASK_ID" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet
