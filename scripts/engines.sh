#!/bin/sh
# Makes a Python environment with DuckDB and ClickHouse (chdb), which judge the SQL
# engine in its tests, and prints the path of its interpreter. It is kept in
# THALWEG_ENGINES (default: a folder of the user's cache). Exits 3 where the package
# index cannot be reached.
set -eu

duckdb=2.0.1
chdb=4.4.0
dir=${THALWEG_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/engines}-duckdb$duckdb-chdb$chdb

if [ ! -f "$dir/ready" ]; then
	command -v python3 >/dev/null || { echo "engines: python3 is missing" >&2; exit 3; }
	mkdir -p "$(dirname "$dir")"
	made=$dir.$$ # moved once it is complete: two runs may make it at the same time
	trap 'rm -rf "$made"' EXIT
	python3 -m venv "$made" >&2 || { echo "engines: a virtual environment cannot be made" >&2; exit 3; }
	"$made/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 20 "duckdb==$duckdb" "chdb==$chdb" >&2 ||
		{ echo "engines: the package index does not give duckdb and chdb" >&2; exit 3; }
	touch "$made/ready"
	[ -f "$dir/ready" ] || { rm -rf "$dir"; mv "$made" "$dir"; }
fi
echo "$dir/bin/python"
