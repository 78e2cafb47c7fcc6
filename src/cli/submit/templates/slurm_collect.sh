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
missing=({{ missing | words }})
merge=({{ merge | words }})
folder={{ folder | quoted }}
{% if here %}
cd {{ here | quoted }} || exit 1
{% endif %}

state() {
    printf '%s\n' "$1" | tee "$folder/.state.partial"
    mv "$folder/.state.partial" "$folder/state"
}

if ! shards=$("$crackdown" "${missing[@]}"); then
    state "failed: status could not be told, see logs/collect.txt"
    exit 1
fi
if [ -z "$shards" ]; then
    "$crackdown" "${merge[@]}"
    code=$?
    if [ "$code" -eq 0 ]; then
        state merged
{% if status %}
    elif "$crackdown" {{ status | words }} | grep -q '"unmerged": \[\]'; then
        state "merged: some runs failed, see failures.csv"
{% endif %}
    else
        state "failed: merge ended with code $code, see logs/collect.txt"
    fi
    exit "$code"
fi
if [ "$attempt" -ge {{ attempts }} ]; then
    state "missing after $attempt attempts: shards $shards, see logs"
    exit 1
fi

{% if precision %}
# How many replications precision needs is known when the first ones are merged.
"$crackdown" "${merge[@]}" --partial --quiet
shards=$("$crackdown" "${missing[@]}")
{% endif %}
next=$((attempt + 1))
# If this job is lost with its node and requeued, it finds what it had submitted.
submitted=$folder/attempt-$next
if [ ! -s "$submitted" ]; then
    if ! tasks=$(sbatch --parsable --array="$shards" "$folder/tasks.sh"); then
        state "missing after $attempt attempts: shards $shards; they could not be submitted again, see logs/collect.txt"
        exit 1
    fi
    printf '%s\n' "${tasks%%;*}" > "$submitted.partial"
    mv "$submitted.partial" "$submitted"
fi
# Before it is submitted: it may end at once.
state "running: attempt $next, shards $shards"
tasks=$(< "$submitted")
if ! sbatch --parsable --dependency="afterany:$tasks,singleton" "$folder/collect.sh" "$next"; then
    state "running: attempt $next, shards $shards; nothing waits for job $tasks, merge by hand"
    exit 1
fi
