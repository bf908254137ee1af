#!/bin/sh
# Builds docs/dbt on a small lake of the simulator: all models are made and all tests pass. Then a row of calls is doubled and
# another is taken out: the test of its key and those of what belongs to it have to fail, and no others. Between, the columns
# of docs/powerbi are compared with those of the models. Installs dbt into .cache/dbt.
set -eu
cd "$(dirname "$0")/../.."
here=internal/dbtcheck venv=.cache/dbt

skip() {
	echo "dbt: $1, so docs/dbt is not built"
	exit 0
}

command -v python3 >/dev/null || skip "there is no Python"
[ -x $venv/bin/pip ] || python3 -m venv $venv || skip "there is no venv for Python"
cat docs/dbt/requirements.txt $here/requirements.txt | cmp -s - $venv/installed || {
	$venv/bin/pip install --quiet --disable-pip-version-check -r $here/requirements.txt || skip "dbt could not be installed"
	cat docs/dbt/requirements.txt $here/requirements.txt >$venv/installed
}
bin=$(pwd)/bin dbt=$(pwd)/$venv/bin/dbt python=$(pwd)/$venv/bin/python check=$(pwd)/$here/check.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$bin/graphlake" "$bin/graphsim" "$work/bin"
LAKE=$work/lake BIN=$work/bin USERS=12 sh internal/demo.sh >"$work/demo.log" 2>&1 || {
	cat "$work/demo.log"
	exit 1
}
export GRAPHLAKE_LAKE="$work/lake" GRAPHLAKE_DUCKDB="$work/graphlake.duckdb"
cd docs/dbt
"$dbt" --quiet build --target-path "$work/built" --log-path "$work/logs"
"$python" -B "$check" columns "$GRAPHLAKE_DUCKDB" ../powerbi
"$python" -B "$check" plant "$work/lake"
"$dbt" --quiet test --select source:graphlake.calls --target-path "$work/planted" --log-path "$work/logs" >"$work/planted.log" 2>&1 && {
	echo "dbt: what was planted was not found" >&2
	exit 1
}
"$python" -B "$check" found "$work/built" "$work/planted"
