#!/usr/bin/env bash
# Takes a project through its life with real dbt on a throw-away PostgreSQL, and compares the catalog with the database
# after each step; see lifecycle.py.
#
#   scripts/lifecycle.sh
#
# For what it needs, see dbt-venv.sh.
set -euo pipefail

. "$(dirname "$0")/dbt-venv.sh"
version=1.12.6
work=$(mktemp -d)
stop_postgres=()
trap '"${stop_postgres[@]}"; rm -rf "$work"' EXIT

venv_of "$version"
(cd "$root" && go build -o "$work/thalweg" ./cmd/thalweg)
start_postgres odd
export PGDATABASE=odd
mkdir "$work/project"
"$python" "$root/scripts/lifecycle.py" "$work/thalweg" "$cache/dbt-$version/bin/dbt" "$work"
