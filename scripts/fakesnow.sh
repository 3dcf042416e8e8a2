#!/bin/sh
# Makes a virtual environment with fakesnow, which executes SQL of Snowflake on DuckDB, and prints its Python. It is kept
# in THALWEG_FAKESNOW (default: a folder of the user's cache). Exits 3 where Python or the package index is missing.
set -eu

# The packages that go together; fakesnow itself asks for no version of the connector.
packages="fakesnow==0.12.1 snowflake-connector-python==4.3.0"
dir=${THALWEG_FAKESNOW:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/fakesnow}-0.12.1-4.3.0

if [ ! -f "$dir/ready" ]; then
	python=${PYTHON:-python3}
	command -v "$python" >/dev/null || { echo "fakesnow: Python is missing" >&2; exit 3; }
	mkdir -p "$(dirname "$dir")"
	# Two runs may make it at the same time; an environment cannot be moved.
	exec 9>"$dir.lock"
	flock 9
	if [ ! -f "$dir/ready" ]; then
		rm -rf "$dir"
		"$python" -m venv "$dir" || { echo "fakesnow: Python has no venv" >&2; exit 3; }
		# Word splitting is wanted.
		# shellcheck disable=SC2086
		"$dir/bin/pip" install --quiet --disable-pip-version-check --retries 1 $packages >&2 ||
			{ echo "fakesnow: the package index does not give $packages" >&2; exit 3; }
		touch "$dir/ready"
	fi
fi
echo "$dir/bin/python"
