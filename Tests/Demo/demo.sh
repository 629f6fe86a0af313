#!/usr/bin/env bash
# The main job as a story: a provincial server and three county clients, as separate processes in a temporary directory.
# Everything is real (SQLite files, TCP, real figures), and nothing is left running.
#
# Usage: demo.sh DIRECTORY_OF_THE_COMMANDS
set -euo pipefail
bin=$1
examples=$(cd "$(dirname "$0")/../../Protocol/Schemes/henan-zones/examples" && pwd)
language=${HUILIU_DEMO_LANG:-en}
work=$(mktemp -d)
server_process=
finish() {
    [ -z "$server_process" ] || kill "$server_process" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
    printf '  $ %s\n' "$*"
    local command=$1
    shift
    # Conflicts and refusals are part of the story; anything else is a failure of the demo.
    local code=0
    "$bin/$command" "$@" --lang "$language" 2>&1 | sed 's/^/    /' || code=${PIPESTATUS[0]}
    [ "$code" -le 1 ] || [ "$code" = "${expected:-0}" ] || { echo "    (exit $code)"; exit 1; }
}
client() { local who=$1 what=$2; shift 2; run huiliu-client "$what" --store "$work/$who" "$@"; }

roads=410728-01/infrastructure/2024-H1/roads

say "1. The province opens its store and listens on this machine."
run huiliu-server init --store "$work/province"
"$bin/huiliu-server" serve --store "$work/province" --sync 127.0.0.1:0 > "$work/listening" 2> "$work/server.log" &
server_process=$!
for _ in $(seq 100); do grep -q "^listening" "$work/listening" 2>/dev/null && break; read -rt 0.1 <> <(:) || true; done
address=$(sed -n 's/^listening sync=//p' "$work/listening")
echo "    listening on $address"

say "2. Two offices of Changyuan county (410728) and one of Lushan county (410423) set up."
client office-one init --unit 410728 --server "$address" --name 办公室一 --author 张三
client office-two init --unit 410728 --server "$address" --name 办公室二 --author 李四
client lushan init --unit 410423 --server "$address" --name 鲁山发改委 --author 王五

say "3. Without a network, office one and Lushan load the figures of two real reports."
client office-one import "$examples/changyuan.csv"
client lushan import "$examples/lushan.csv"

say "4. A line is there: each office syncs. Office two receives what office one entered."
client office-one sync
client lushan sync
client office-two sync
client office-two show 410728-01 infrastructure 2024-H1

say "5. The line is gone. Both Changyuan offices correct the same cell, knowing nothing of each other."
client office-one set "$roads" 13.5
client office-two set "$roads" 14

say "6. They sync. Neither value replaces the other: both are kept, everywhere."
client office-one sync
client office-two sync
client office-two conflicts
say "   Nobody can write over a conflict by accident:"
expected=4 client office-two set "$roads" 15

say "7. Office one learns of it too, and decides."
client office-one sync
client office-one resolve "$roads" --value 13
client office-one sync
client office-two sync

say "8. Syncing again moves nothing."
client office-two sync

say "9. The province adds up: roads 21 of 47.6 km planned; a ratio is computed from sums, never averaged."
run huiliu-server totals infrastructure 2024-H1 --under 410728 --store "$work/province"
say "   New enterprises: 8 + 3 + 4, and one subzone left its figure blank. Missing is not zero, and is named."
run huiliu-server totals enterprises 2024 --under 410728 --store "$work/province"
say "   The whole province, with what Lushan gives:"
run huiliu-server totals projects_summary 2024-H1 --store "$work/province" | sed -n '1,12p'

say "10. Offline, a subzone's area is mistyped: the check names both figures and the difference, and the report stays here."
client office-one set 410728-01-01/land/2024/planned_area 21.9
client office-one check 410728-01 land 2024
expected=4 client office-one submit 410728-01 land 2024
say "    Corrected, it is submitted; the board shows when it was filled in and when it came."
client office-one set 410728-01-01/land/2024/planned_area 21.8
client office-one submit 410728-01 land 2024
client office-one sync
run huiliu-server board land 2024 --under 410728-01 --store "$work/province"

say "11. An engineer asks why the roads cell is what it is, on the province's own store."
run huiliu-inspect explain "$roads" --store "$work/province"

client office-two sync
say "12. All stores agree; Lushan's holds nothing of Changyuan."
run huiliu-inspect diff "$work/office-one" "$work/province"
run huiliu-inspect diff "$work/office-two" "$work/province"
run huiliu-inspect status --store "$work/lushan"
run huiliu-server devices --store "$work/province"

say "13. The province is told to stop: it finishes what is under way and goes."
kill -TERM "$server_process"
wait "$server_process" && echo "    stopped cleanly"
server_process=
say "That was everything. The stores were in a temporary directory, which is now removed."
