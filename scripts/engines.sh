#!/bin/sh
# Makes a Python environment with DuckDB and ClickHouse (chdb), the judges of the SQL
# engine's tests, and prints the path of its interpreter. It is kept in THALWEG_ENGINES
# (default: a folder of the user's cache). Exits 3 where the package index is absent.
set -eu

duckdb=2.0.1
chdb=4.4.0
dir=${THALWEG_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/engines}-duckdb$duckdb-chdb$chdb

if [ ! -f "$dir/ready" ]; then
	command -v python3 >/dev/null || { echo "engines: python3 is missing" >&2; exit 3; }
	rm -rf "$dir"
	mkdir -p "$(dirname "$dir")"
	python3 -m venv "$dir" >&2 || { echo "engines: no virtual environment can be made" >&2; exit 3; }
	"$dir/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20 "duckdb==$duckdb" "chdb==$chdb" >&2 ||
		{ rm -rf "$dir"; echo "engines: the package index does not give duckdb and chdb" >&2; exit 3; }
	touch "$dir/ready"
fi
echo "$dir/bin/python"
