#!/bin/sh
# Installs the readers into .cache/readers, each by itself, and lets those read that could be installed; or, if engines is
# the first argument, lets them be asked what graphlake sql prints. Other arguments are handed on.
set -eu
cd "$(dirname "$0")/../.."
here=internal/readers venv=.cache/readers
spark=.cache/delta-spark
said="readers=0 blob=0 tables=0 raw=0 differing=0 skipped=all
lane readers=0 blob=0 tables=0 readings=0 versions=0 differing=0 skipped=all"
[ "$1" != engines ] || said="examples engine=none groups=0 zones=0 views=0 rows=0 differing=0"

skip() {
	echo "$1: nothing was read"
	echo "$said"
	exit 0
}

# Spark with Delta Lake, of which not every version has the other: in an environment of its own.
delta_spark() {
	command -v java >/dev/null && command -v mvn >/dev/null || return 1
	cat $here/spark/requirements.txt $here/spark/pom.xml | cmp -s - $spark/installed && return
	rm -rf $spark
	python3 -m venv $spark/venv &&
		$spark/venv/bin/pip install --quiet --disable-pip-version-check -r $here/spark/requirements.txt &&
		mvn --quiet --batch-mode -Dstyle.color=never -f $here/spark/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$spark/jars" &&
		cat $here/spark/requirements.txt $here/spark/pom.xml >$spark/installed
}

command -v python3 >/dev/null || skip "there is no Python"
[ -x $venv/bin/pip ] || python3 -m venv $venv || skip "there is no venv for Python"
if ! cmp -s $here/requirements.txt $venv/installed; then
	whole=yes
	while read -r package; do
		$venv/bin/pip install --quiet --disable-pip-version-check "$package" || whole=no
	done <$here/requirements.txt
	[ $whole = no ] || cp $here/requirements.txt $venv/installed
fi
$venv/bin/python -c 'import pyarrow' 2>/dev/null || skip "there is no pyarrow, in which values are compared"
if [ -x $venv/bin/ruff ]; then
	$venv/bin/ruff check --no-cache --quiet $here
	$venv/bin/ruff format --no-cache --quiet --check $here
fi
(cd $here && ../../$venv/bin/python -B -m unittest)
if [ "$1" != engines ]; then
	delta_spark || echo "delta-spark: it could not be installed"
	exec $venv/bin/python -B $here "$@"
fi

$venv/bin/python -c 'import duckdb' 2>/dev/null || skip "there is no DuckDB to compare with"
command -v "$(go env CC)" >/dev/null || skip "there is no C compiler, which DuckDB needs to make the rows"
rows=$(mktemp -d)
trap 'rm -rf "$rows"' EXIT
(cd internal/duckdb && EXAMPLES=$rows go test -count=1 -run '^TestMetricExamples$' .)
$venv/bin/python -B $here/engines.py "$rows" bin
