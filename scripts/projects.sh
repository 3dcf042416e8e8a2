#!/usr/bin/env bash
# Makes the artifacts of internal/dbt/dbttest/testdata again, with real dbt, and keeps them scrubbed.
#
#   scripts/projects.sh [NAME…]
#
# For what it needs, see dbt-venv.sh.
set -euo pipefail

. "$(dirname "$0")/dbt-venv.sh"
data=$root/internal/dbt/dbttest/testdata
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# dbt ends with 1 for a failing test or a stale source: both may be meant.
dbt_or_findings() {
    local code=0
    "$dbt" --quiet --no-use-colors "$@" || code=$?
    [ "$code" -le 1 ]
}

# use VERSION: makes $dbt that version.
use() {
    venv_of "$1"
    dbt=$cache/dbt-$1/bin/dbt
}

# run_project FOLDER SHOWN_AS DATE OUT: everything that a project's nightly job does.
run_project() {
    local began
    began=$(date +%s)
    cd "$1"
    rm -rf target
    "$dbt" --quiet seed # sources of these projects are tables of seeds, which no edge of the graph tells
    dbt_or_findings build
    cp target/run_results.json "$work/run_results.json" # "docs generate" writes results of its own
    if grep -qs 'loaded_at_field' -r models; then
        dbt_or_findings source freshness
    fi
    "$dbt" --quiet docs generate
    cp "$work/run_results.json" target/run_results.json
    "$python" "$root/scripts/scrub.py" target "$4" --root "$1" --shown-as "$2" --began "$began" --date "$3" --used-macros
}

# Two projects in one database, of which the second reads the first, by package and by relation.
pair() {
    use 1.12.6
    cp -r "$data/pair" "$work/pair"
    export PAIR_DUCKDB=$work/pair/pair.duckdb DBT_PROFILES_DIR=.
    export PAIR_UPSTREAM_MANIFEST=$work/pair/upstream/target/manifest.json
    for project in upstream downstream; do
        rm -rf "$data/pair/$project/artifacts" "$work/pair/$project/artifacts"
        (run_project "$work/pair/$project" "/$project" 2026-11-09 "$data/pair/$project/artifacts")
    done
}

[ $# -gt 0 ] || set -- pair
for name in "$@"; do
    "$name"
done

# Nothing of this machine may be in what is published.
find "$data" -name '*.gz' | while read -r artifact; do
    for word in "$HOME" "$root" "$work" "$(hostname)"; do
        if gzip -dc "$artifact" | grep -qF -- "$word"; then
            echo "projects: $artifact holds \"$word\"" >&2
            exit 1
        fi
    done
done
