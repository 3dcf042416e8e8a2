#!/usr/bin/env bash
# Makes examples/shop/artifacts again: runs the example project with every dbt
# version below, in both of its states, and keeps the scrubbed artifacts.
#
#   scripts/fixtures.sh [DBT_VERSION…]
#
# Needs Python 3.11 or 3.12 (PYTHON, default python3) and a package index.
# Virtual environments stay in THALWEG_CACHE (default .cache/) for the next time.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
shop=$root/examples/shop
cache=${THALWEG_CACHE:-$root/.cache}
python=${PYTHON:-python3}

# dbt-core, and the versions that go with it.
declare -A companions=(
    [1.8.10]="dbt-duckdb==1.8.4 duckdb==2.0.1 pandas==3.1.1"
    [1.12.6]="dbt-duckdb==1.11.1 duckdb==2.0.1 pandas==3.1.1"
)
# State and the day it is dated; "after" is built upon the database of "before".
states=(before:2026-11-02 after:2026-11-09)

venv_of() {
    local version=$1
    local venv=$cache/dbt-$version
    [ -e "$venv/ready" ] && return
    "$python" -m venv --clear "$venv"
    # dbt-core 1.12 also asks for an experimental parser, used only when switched on, whose
    # package fetches its wheel from elsewhere: everything but that is installed.
    "$venv/bin/pip" install --quiet --no-deps "dbt-core==$version"
    "$venv/bin/python" - >"$venv/requirements.txt" <<'PYTHON'
from importlib import metadata

for requirement in metadata.requires("dbt-core"):
    if "extra ==" not in requirement and "experimental-parser" not in requirement:
        print(requirement)
PYTHON
    # shellcheck disable=SC2086 # a list of requirements
    set -- ${companions[$version]}
    "$venv/bin/pip" install --quiet -r "$venv/requirements.txt" "${@:2}"
    "$venv/bin/pip" install --quiet --no-deps "$1"
    touch "$venv/ready"
}

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
    "$python" "$shop/scrub.py" target "$out" --root "$work/project" --began "$began" --date "$date"
}

export DBT_SEND_ANONYMOUS_USAGE_STATS=false PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"
[ -e "$cache/.gitignore" ] || echo '*' >"$cache/.gitignore"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ $# -gt 0 ] || set -- "${!companions[@]}"
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
