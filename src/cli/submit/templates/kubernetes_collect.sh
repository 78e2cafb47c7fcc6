#!/bin/bash
# Written by crackdown {{ version }}. Waits until all tasks have ended, then merges. It may be started again at any time.
set -uo pipefail
folder=$(cd "$(dirname "$0")" && pwd)

# Until a job is complete or has failed, whichever comes first.
ended() {
    kubectl wait "job/$1" --for=condition=complete --timeout=-1s &
    local complete=$!
    kubectl wait "job/$1" --for=condition=failed --timeout=-1s &
    local failed=$!
    wait -n "$complete" "$failed"
    kill "$complete" "$failed" 2> /dev/null
    wait "$complete" "$failed" 2> /dev/null
    [ "$(kubectl get "job/$1" --output 'jsonpath={.status.conditions[?(@.type=="Complete")].status}')" = True ]
}

state() {
    printf '%s\n' "$1" | tee "$folder/state"
}

# A shard whose attempts are used up may have left others whole: merge tells what is missing.
ended {{ name }} || echo "some shards failed: kubectl get job {{ name }} --output 'jsonpath={.status.failedIndexes}'" >&2
kubectl delete job {{ name }}-merge --ignore-not-found
kubectl apply -f "$folder/merge.yaml" || exit 1
if ended {{ name }}-merge; then
    state merged
else
    kubectl logs job/{{ name }}-merge >&2
    state "failed: see kubectl logs job/{{ name }}-merge"
    exit 1
fi
