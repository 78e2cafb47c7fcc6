#!/bin/bash
# Written by crackdown {{ version }}. Submits the shards that are missing as a task array, waits, tries again what was lost, merges.
set -uo pipefail
crackdown={{ program | quoted }}
missing=({{ missing | words }})
merge=({{ merge | words }})
folder={{ folder | quoted }}
{% if here %}
cd {{ here | quoted }} || exit 1
{% endif %}

state() {
    printf '%s\n' "$1" > "$folder/.state.partial"
    mv "$folder/.state.partial" "$folder/state"
    printf '%s\n' "$1" >&2
}

missing() {
    "$crackdown" "${missing[@]}" || {
        state "failed: status could not be told"
        return 1
    }
}

for ((attempt = 1; attempt <= {{ attempts }}; attempt++)); do
    shards=$(missing) || exit 1
    [ -n "$shards" ] || break
    state "running: attempt $attempt, shards $shards"
    if ! job=$(hq --output-mode quiet submit --name {{ name }} --array "$shards" \
        --cpus {{ threads }}{% if memory_given %} --resource mem={{ megabytes }}{% endif %}{% if time_given %} --time-limit {{ seconds }}s{% endif %} \
        --crash-limit 5 --directives off --cwd "$PWD" \
        --stdout none --stderr "$folder/logs/attempt-$attempt-shard-%{TASK_ID}.txt" \
        -- "$crackdown" {{ make | words }} --shard auto/{{ shards }} --threads {{ threads }} --quiet); then
        state "missing: shards $shards; they could not be submitted"
        exit 1
    fi
    # Its code says whether a task failed; what matters is what is missing.
    hq job wait "$job" >&2 || true
{% if precision %}
    # How many replications precision needs is known when the first ones are merged.
    "$crackdown" "${merge[@]}" --partial --quiet
{% endif %}
done

shards=$(missing) || exit 1
if [ -n "$shards" ]; then
    state "missing after {{ attempts }} attempts: shards $shards, see logs"
    exit 1
fi
"$crackdown" "${merge[@]}"
code=$?
if [ "$code" -eq 0 ]; then
    state merged
{% if status %}
elif "$crackdown" {{ status | words }} | grep -q '"unmerged": \[\]'; then
    state "merged: some runs failed, see failures.csv"
{% endif %}
else
    state "failed: merge ended with code $code"
fi
exit "$code"
