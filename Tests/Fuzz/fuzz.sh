#!/bin/bash
# usage: fuzz.sh PROGRAM SECONDS [TARGET…]
# Lets libFuzzer try every target for so long, beginning from the seeds, and says how many inputs that were. Fails when
# one breaks a property, crashes, takes more than 10 seconds or too much memory, and prints it as a line for
# Tests/Fuzz/Tests/MutationTests.swift. HUILIU_FUZZ_FOLDER keeps what was learnt, so that the next run begins there.
set -euo pipefail
program=$1
seconds=$2
shift 2
targets=${*:-$("$program" targets)}
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
folder=${HUILIU_FUZZ_FOLDER:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
status=0
for target in $targets; do
    here=$folder/$target
    mkdir -p "$here"
    "$program" prepare "$target" "$here"
    log=$here/log
    words=()
    [ ! -s "$here/words" ] || words=(-dict="$here/words")
    if "$program" "$target" -max_total_time="$seconds" -timeout=10 -detect_leaks=0 -rss_limit_mb=2048 -use_value_profile=1 \
        -print_final_stats=1 "${words[@]}" -artifact_prefix="$here/found-" "$here/corpus" 2>"$log"; then
        executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        printf '%-8s %12d inputs, %s\n' "$target" "$executions" "$(grep '^memory: ' "$log")"
        continue
    fi
    status=1
    echo "$target: $(grep -m 1 -E "^$target: |SUMMARY|Fatal error|deadly signal" "$log" || echo failed)"
    for input in "$here"/found-*; do
        [ -e "$input" ] && echo "        (.$target, \"$("$program" show "$input")\"),"
    done
done
exit $status
