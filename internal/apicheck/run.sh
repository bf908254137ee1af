#!/bin/sh
# Installs what asks the control API into .cache/api, and lets it ask: go run ./internal/apicheck.
set -eu
cd "$(dirname "$0")/../.."
here=internal/apicheck venv=.cache/api

skip() {
	echo "api-check: $1, so nobody asks the control API"
	exit 0
}

command -v python3 >/dev/null || skip "there is no Python"
for program in curl jq; do
	command -v $program >/dev/null || skip "there is no $program"
done
[ -x $venv/bin/pip ] || python3 -m venv $venv || skip "there is no venv for Python"
cmp -s $here/requirements.txt $venv/installed || {
	$venv/bin/pip install --quiet --disable-pip-version-check -r $here/requirements.txt || skip "what asks could not be installed"
	cp $here/requirements.txt $venv/installed
}
$venv/bin/ruff check --no-cache --quiet $here
$venv/bin/ruff format --no-cache --quiet --check $here
exec go run ./$here -python $venv/bin
