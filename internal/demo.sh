#!/bin/sh
# A week of a simulated tenant of 200 users, read into $LAKE (default ./lake) by the commands in $BIN
# (default bin). Each run, and the simulator with it, is a minute later than the one before, which is one more
# observation of presence; nothing else happens in those minutes of the night, so that a second run, which reads
# the same range, finds every file as it is. With ALL=1 the optional datasets are read too, which nobody is asked to
# consent to otherwise. Arguments are handed to the run.
set -eu
: "${LAKE:=./lake}" "${BIN:=bin}" "${USERS:=200}"
from=2026-11-16 to=2026-11-23
runs=$(find "$LAKE/runs" -name '*.json' 2>/dev/null | wc -l)
minute=$((2 * 60 + 30 + runs)) # of the day: the first run is at 02:30
now=$(printf '2026-11-23T%02d:%02d:00Z' $((minute / 60 % 24)) $((minute % 60)))

if [ -z "${GRAPHSIM_URL:-}" ]; then
	exec "$BIN/graphsim" --users "$USERS" --from "$from" --to "$to" --now "$now" --token demo -- sh "$0" "$@"
fi

cat >"$BIN/demo.yaml" <<YAML
# Of make demo, whose simulator ends with it: what is in the lake can be looked at, and make demo reads it again.
lake: $LAKE
graph:
  endpoint: $GRAPHSIM_URL
  rate: 20 # the simulator does not throttle; Graph's published limits are rate 1
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth:
      method: token
      token_env: GRAPHSIM_TOKEN
YAML
if [ -n "${ALL:-}" ]; then
	all=$("$BIN/graphlake" datasets | awk 'NR > 1 { print $1 }' | paste -sd, -)
	printf 'jobs: # by which status and audit know of the optional datasets, too\n  all: {datasets: [%s]}\n' "$all" >>"$BIN/demo.yaml"
	set -- --dataset "$all" "$@"
fi
"$BIN/graphlake" --config "$BIN/demo.yaml" --quiet run --from "$from" --to "$to" --now "$now" "$@"
echo
"$BIN/graphlake" --config "$BIN/demo.yaml" --quiet report --from "$from" --to "$to" --html "$LAKE/report.html"
cat <<TXT

The lake is in $LAKE, and $LAKE/report.html has these answers with charts. The simulator has ended; the lake needs none.
Four things to try next:
  $BIN/graphlake --config $BIN/demo.yaml status
  $BIN/graphlake --config $BIN/demo.yaml cat calls --limit 3
  $BIN/graphlake schema call_media_streams
  duckdb -c "SELECT dt, call_type, count(*) FROM read_parquet('$LAKE/tables/calls/tenant_id=*/dt=*/calls.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL"
TXT
