#!/usr/bin/env bash
# Makes the artifacts of internal/dbt/dbttest/testdata again, with real dbt, and keeps them scrubbed.
#
#   scripts/projects.sh [pair] [odd] [ledger] ["odd_run VERSION TARGET LAYER…"]
#
# For what it needs, see dbt-venv.sh.
set -euo pipefail

. "$(dirname "$0")/dbt-venv.sh"
data=$root/internal/dbt/dbttest/testdata
work=$(mktemp -d)
stop_postgres=()
trap '"${stop_postgres[@]}"; rm -rf "$work"' EXIT

# dbt ends with 1 for a failing test or a stale source: both may be meant.
dbt_or_findings() {
    local code=0
    "$dbt" --quiet --no-use-colors "$@" || code=$?
    [ "$code" -le 1 ]
}

# use VERSION: makes $dbt that version.
use() {
    venv_of "$1"
    venv=$cache/dbt-$1
    dbt=$venv/bin/dbt
}

# lay LAYER…: makes the folder of the odd project of its layers; a later one replaces files of an earlier one.
lay() {
    rm -rf "$work/odd" && mkdir -p "$work/odd/odd"
    for layer in "$@"; do
        cp -r "$data/odd/$layer/." "$work/odd/odd"
    done
}

# run_project FOLDER SHOWN_AS DATE OUT: everything that a project's nightly job does.
run_project() {
    local began
    began=$(date +%s)
    cd "$1"
    rm -rf target
    "$dbt" --quiet seed # sources of these projects are tables of seeds, which no edge of the graph tells
    dbt_or_findings run # unit tests of incremental models want their tables
    dbt_or_findings build
    cp target/run_results.json "$work/run_results.json" # "docs generate" writes results of its own
    if grep -qs 'loaded_at_field' -r models; then
        dbt_or_findings source freshness
    fi
    "$dbt" --quiet docs generate
    cp "$work/run_results.json" target/run_results.json
    "$python" "$root/scripts/scrub.py" target "$4" --root "$1=$2" --root "$venv=/dbt" --began "$began" --date "$3" --used-macros
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

# odd_run VERSION TARGET LAYER…
odd_run() {
    use "$1"
    lay project "${@:3}"
    export ODD_TARGET=$2 ODD_DUCKDB=$work/odd/odd.duckdb DBT_PROFILES_DIR=.
    local out=$data/odd/artifacts/$1-$2
    rm -rf "$out"
    (run_project "$work/odd/odd" /odd 2026-11-09 "$out")
    echo "dbt $1, $2: $out"
}

# One project that has a bit of everything, with what each version of dbt knows.
odd() {
    odd_run 1.3.7 duckdb old_metrics
    odd_run 1.5.11 duckdb python old_metrics governance
    odd_run 1.7.19 duckdb python governance semantic
    odd_run 1.12.6 duckdb python governance semantic unit_tests modern
    odd_two
    odd_postgres
}

# dbt 2 has no "docs generate", wants the index of its run, and loads its driver of DuckDB from a folder.
odd_two() {
    two_venv
    dbt=$two/bin/dbt
    lay project governance semantic unit_tests modern v2
    export ODD_TARGET=duckdb ODD_DUCKDB=$work/odd/odd.duckdb DBT_PROFILES_DIR=. ADBC_DRIVER_PATH=$two/driver
    local out=$data/odd/artifacts/$two_version-duckdb began
    began=$(date +%s)
    rm -rf "$out"
    cd "$work/odd/odd"
    "$dbt" --quiet seed
    dbt_or_findings run
    dbt_or_findings build --write-index
    cp target/run_results.json "$work/run_results.json"
    cp -r target/index "$work/index" # "compile" writes both again
    dbt_or_findings compile --write-catalog
    cp "$work/run_results.json" target/run_results.json
    "$python" "$root/scripts/scrub.py" target "$out" --root "$PWD=/odd" --root "$two=/dbt" --began "$began" --date 2026-11-09 --used-macros
    cp -r "$work/index" "$out/index"
    rm "$out/index/dbt.macros.parquet" "$out/index/.artifact_meta.json" # of all packages, dbt's own too; names folders
}

# A small project whose code dbt 2 analyses, with its index and without a catalog.
ledger() {
    two_venv
    dbt=$two/bin/dbt
    rm -rf "$work/ledger" && cp -r "$data/ledger/project" "$work/ledger"
    export LEDGER_DUCKDB=$work/ledger.duckdb DBT_PROFILES_DIR=. ADBC_DRIVER_PATH=$two/driver
    local began
    began=$(date +%s)
    cd "$work/ledger"
    "$dbt" --quiet build --static-analysis strict --write-index
    "$python" "$root/scripts/scrub.py" target "$data/ledger" --root "$PWD=/ledger" --root "$two=/dbt" --began "$began" --date 2026-11-09 --used-macros || true # there is no catalog
    cp target/index/dbt.node_columns.parquet "$data/ledger/index/"
}

odd_postgres() {
    start_postgres odd
    odd_run 1.12.6 postgres governance semantic unit_tests functions modern
}

[ $# -gt 0 ] || set -- pair odd ledger
for name in "$@"; do
    $name # with its arguments
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
