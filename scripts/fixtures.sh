#!/usr/bin/env bash
# Makes examples/shop/artifacts again: runs the example project with every dbt
# version below, in both of its states, and keeps the scrubbed artifacts.
#
#   scripts/fixtures.sh [DBT_VERSION…]
#
# For what it needs, see dbt-venv.sh.
set -euo pipefail

. "$(dirname "$0")/dbt-venv.sh"
shop=$root/examples/shop

# State and the day it is dated; "after" is built upon the database of "before".
states=(before:2026-11-02 after:2026-11-09)

# A failing test ends "dbt build" with 1, a stale source ends "dbt source
# freshness" with 1: both are part of the example. Anything else is not.
dbt_or_findings() {
    local code=0
    "$dbt" --quiet --no-use-colors "$@" || code=$?
    [ "$code" -le 1 ]
}

run_state() {
    local work=$1 date=$2 out=$3
    local began
    began=$(date +%s)
    cd "$work/project"
    rm -rf target
    # A source of this project is a seed's table, which no edge of the graph tells.
    "$dbt" --quiet seed
    dbt_or_findings build
    # "docs generate" compiles all models and writes run results of its own.
    cp target/run_results.json "$work/run_results.json"
    dbt_or_findings source freshness
    "$dbt" --quiet docs generate
    cp "$work/run_results.json" target/run_results.json
    "$python" "$root/scripts/scrub.py" target "$out" --root "$work/project=/shop" --began "$began" --date "$date"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ $# -gt 0 ] || set -- 1.8.10 1.12.6
for version in "$@"; do
    [ -n "${companions[$version]:-}" ] || { echo "fixtures: no dbt $version in this script" >&2; exit 2; }
    venv_of "$version"
    dbt=$cache/dbt-$version/bin/dbt
    rm -rf "$work/$version" && mkdir "$work/$version"
    cp -r "$shop/project" "$work/$version/project"
    export SHOP_DUCKDB=$work/$version/shop.duckdb DBT_PROFILES_DIR=$work/$version/project
    for state in "${states[@]}"; do
        if [ "${state%%:*}" = after ]; then
            while read -r path; do rm "$work/$version/project/$path"; done <"$shop/changes/removed.txt"
            (cd "$shop/changes" && find . -type f ! -name removed.txt -exec cp --parents {} "$work/$version/project" \;)
        fi
        (run_state "$work/$version" "${state#*:}" "$shop/artifacts/$version/${state%%:*}")
        echo "dbt $version, ${state%%:*}: $shop/artifacts/$version/${state%%:*}"
    done
done

# Nothing of this machine may be in what is published.
for artifact in "$shop"/artifacts/*/*/*.gz; do
    for word in "$HOME" "$root" "$work" "$(hostname)"; do
        if gzip -dc "$artifact" | grep -qF -- "$word"; then
            echo "fixtures: $artifact holds \"$word\"" >&2
            exit 1
        fi
    done
done
