#!/bin/sh
# Whether what graphlake sql prints for Synapse is T-SQL, by the grammar of sqlfluff ($SQLFLUFF): the golden
# files of views, and what is printed of the demo's lake if there is one. It knows T-SQL and not what serverless
# pools leave out of it. A statement that is broken on purpose has to be found first.
set -eu
: "${SQLFLUFF:=sqlfluff}" "${BIN:=bin}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '[sqlfluff]\ndialect = tsql\nlarge_file_skip_byte_limit = 0\nmax_parse_nodes = 0\n' >"$work/config"

# What is not understood is said to be unparsable; a status alone would also be that of a file that is not read.
parse() {
	"$SQLFLUFF" parse --ignore-local-config --config "$work/config" "$1" >"$work/tree" && ! grep -i unparsable "$work/tree" &&
		[ "$(grep -c create_view_statement: "$work/tree")" -eq "$(grep -c '^CREATE OR ALTER VIEW' "$1")" ]
}

golden=views/testdata/synapse.golden
cp "$golden" "$work/golden.sql"
cp views/testdata/synapse_delta.golden "$work/delta.sql"
sed '0,/) WITH (/s//) WHERE (/' "$golden" >"$work/broken.sql"
if parse "$work/broken.sql" >/dev/null; then
	echo "sql-check: a broken statement was not found, so that finding nothing proves nothing" >&2
	exit 1
fi
parse "$work/golden.sql"
parse "$work/delta.sql"
if [ -f "$BIN/demo.yaml" ] && [ -d "$(sed -n 's/^lake: //p' "$BIN/demo.yaml")" ]; then
	"$BIN/graphlake" --config "$BIN/demo.yaml" sql --engine synapse >"$work/lake.sql"
	parse "$work/lake.sql"
	echo "sql-check: $(grep -c '^CREATE OR ALTER VIEW' "$work/lake.sql") views of the demo's lake are T-SQL"
else
	echo "sql-check: the golden files are T-SQL; make demo first to check every table's view"
fi
