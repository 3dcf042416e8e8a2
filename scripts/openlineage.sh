#!/bin/bash
# Sends events with the real client of OpenLineage to a real server (internal/e2e, TestOpenLineageClient).
#
# Needs Python 3.10 or newer (PYTHON, default python3) and a package index. The virtual environment stays in
# THALWEG_CACHE (default .cache/) for the next time.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${THALWEG_CACHE:-$root/.cache}
client=openlineage-python==${OPENLINEAGE:-1.54.0}
venv=$cache/openlineage
mkdir -p "$cache"
[ -e "$cache/.gitignore" ] || echo '*' >"$cache/.gitignore"
if [ "$(cat "$venv/ready" 2>/dev/null)" != "$client" ]; then
    "${PYTHON:-python3}" -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet "$client"
    echo "$client" >"$venv/ready"
fi
cd "$root"
THALWEG_OPENLINEAGE_PYTHON=$venv/bin/python go test ./internal/e2e -run TestOpenLineageClient -count=1 -v
