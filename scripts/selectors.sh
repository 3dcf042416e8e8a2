#!/usr/bin/env bash
# Records again what dbt selects in the project of internal/e2e/testdata/selectors:
# its manifest, and the ids for each selector of selectors.txt.
#
#   scripts/selectors.sh
#
# For what it needs, see dbt-venv.sh.
set -euo pipefail

. "$(dirname "$0")/dbt-venv.sh"
version=1.12.6
data=$root/internal/e2e/testdata/selectors

venv_of "$version"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$data/project" "$work/project"
"$cache/dbt-$version/bin/dbt" --quiet deps --project-dir "$work/project" --profiles-dir "$work/project"
"$cache/dbt-$version/bin/python" "$data/record.py" "$work/project" "$data/selectors.txt" "$data"

# Nothing of this machine may be in what is published.
for word in "$HOME" "$root" "$work" "$(hostname)"; do
    if gzip -dc "$data/manifest.json.gz" | grep -qF -- "$word"; then
        echo "selectors: the manifest holds \"$word\"" >&2
        exit 1
    fi
done
