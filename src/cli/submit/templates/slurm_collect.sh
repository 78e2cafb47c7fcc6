#!/bin/bash
# Written by crackdown {{ version }}. Runs when all tasks of an attempt have ended: merges, or submits the missing shards again and
# itself behind them. Its argument is the number of the attempt.
#SBATCH --job-name={{ name }}-collect
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem={{ megabytes }}M
#SBATCH --time={{ clock }}
#SBATCH --output={{ (folder | for_slurm ~ "/logs/collect.txt") | quoted }}
set -uo pipefail
attempt=$1
crackdown={{ program | quoted }}
chosen=({{ chosen | words }})
folder={{ folder | quoted }}

state() {
    printf '%s\n' "$1" | tee "$folder/.state.partial"
    mv "$folder/.state.partial" "$folder/state"
}

if ! missing=$("$crackdown" status "${chosen[@]}" --missing {{ shards }}); then
    state "failed: status could not be told, see logs/collect.txt"
    exit 1
fi
if [ -z "$missing" ]; then
    "$crackdown" merge "${chosen[@]}"
    code=$?
    if [ "$code" -eq 0 ]; then
        state merged
    elif "$crackdown" status "${chosen[@]}" --json | grep -q '"unmerged": \[\]'; then
        state "merged: some runs failed, see failures.csv"
    else
        state "failed: merge ended with code $code, see logs/collect.txt"
    fi
    exit "$code"
fi
if [ "$attempt" -ge {{ attempts }} ]; then
    state "missing after $attempt attempts: shards $missing, see logs"
    exit 1
fi

{% if precision %}
# How many replications precision needs is known when the first ones are merged.
"$crackdown" merge "${chosen[@]}" --partial --quiet
missing=$("$crackdown" status "${chosen[@]}" --missing {{ shards }})
{% endif %}
next=$((attempt + 1))
# If this job is lost with its node and requeued, it finds what it had submitted.
submitted=$folder/attempt-$next
if [ ! -s "$submitted" ]; then
    if ! tasks=$(sbatch --parsable --array="$missing" "$folder/tasks.sh"); then
        state "missing after $attempt attempts: shards $missing; they could not be submitted again, see logs/collect.txt"
        exit 1
    fi
    printf '%s\n' "${tasks%%;*}" > "$submitted.partial"
    mv "$submitted.partial" "$submitted"
fi
# Before it is submitted: it may end at once.
state "running: attempt $next, shards $missing"
tasks=$(< "$submitted")
if ! sbatch --parsable --dependency="afterany:$tasks,singleton" "$folder/collect.sh" "$next"; then
    state "running: attempt $next, shards $missing; nothing waits for job $tasks, merge by hand"
    exit 1
fi
