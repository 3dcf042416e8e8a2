#!/usr/bin/env bash
# Benchmarks: readers, lineage, stores, whole imports, a real server. Usage: scripts/bench.sh [MODELS...]
# (10000 unless given). The generated projects are kept in ${THALWEG_CACHE:-.cache}/bench. Read ratios, not seconds: every
# figure has its baseline in the same run. Environment of the server's part:
#   THALWEG_BENCH_BINARY  another binary to measure by the same requests (a release, say)
#   THALWEG_BENCH_SECONDS of each kind of page (4); _UPLOADS at once (20); _SMALL first imports (500); _REPEATED imports (200);
#                         _REQUESTS to 1, 2 and 4 processes (2000)
#   THALWEG_BENCH_LARGE   models of a larger project to hold against the standard one (none; 50000 needs 1 GB of disk)
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${THALWEG_CACHE:-$PWD/.cache}/bench
mkdir -p "$cache"
go build -o "$cache/gen" ./internal/bench/gen/cmd

generator=$(sha256sum "$cache/gen" | cut -c1-8)

project() { # MODELS → folder with the states first, again (other ids and times), changed (one model) and elsewhere
    local dir=$cache/$1
    if [ ! -e "$dir/done-$generator" ]; then
        "$cache/gen" -models "$1" -out "$dir/first"
        "$cache/gen" -models "$1" -run 1 -out "$dir/again"
        "$cache/gen" -models "$1" -run 2 -change 1 -out "$dir/changed"
        mkdir -p "$dir/elsewhere" # the same in the schemas of a developer
        sed -E 's/"(staging|intermediate|marts)_([a-z]+\\?")/"dev_\1_\2/g' "$dir/changed/manifest.json" >"$dir/elsewhere/manifest.json"
        cp "$dir/changed/catalog.json" "$dir/elsewhere"
        touch "$dir/done-$generator"
    fi
    echo "$dir"
}

echo "== readers (baseline: encoding/json v1 into the same structs)"
go test ./internal/dbt -run '^$' -bench . -benchtime "${BENCHTIME:-2x}"
echo "== SQL"
go test ./internal/sql/... ./internal/lineage/... -run '^$' -bench . -benchtime "${BENCHTIME:-2x}" | grep -v '^ok\|no test files'
cases=${THALWEG_LINEAGE_CASES:-../shared/lineage-cases}/projects.jsonl
python=${THALWEG_PYTHON:-python3}
if [ -e "$cases" ] && "$python" -c 'import sqlglot' 2>/dev/null; then
    echo "== SQL, baseline: sqlglot over every tenth of the texts that ParseAndResolve reads"
    "$python" scripts/bench_sqlglot.py "$cases" 10 2>/dev/null
else
    echo "== SQL, baseline: SKIPPED, it needs the lineage cases and sqlglot (pip install sqlglot==30.17.0; THALWEG_PYTHON names the Python)"
fi
echo "== graph, catalog"
go test ./internal/graph ./internal/catalog -run '^$' -bench . -benchtime "${BENCHTIME:-10x}" | grep -v '^ok'
for models in "${@:-10000}"; do
    dir=$(project "$models")
    echo "== $models models: whole imports, both stores"
    THALWEG_BENCH_PROJECT=$dir GOMEMLIMIT=${GOMEMLIMIT:-260MiB} go test ./internal/bench -run '^$' -bench Import -benchtime 1x -timeout 30m | grep -v '^ok\|^PASS\|^goos\|^goarch\|^pkg'
    echo "== $models models: column lineage, without a store"
    THALWEG_BENCH_PROJECT=$dir go test ./internal/bench -run '^$' -bench Lineage -benchtime "${BENCHTIME:-3x}" | grep -v '^ok\|^PASS\|^goos\|^goarch\|^pkg'
    echo "== $models models: thalweg diff"
    THALWEG_BENCH_PROJECT=$dir go test ./internal/bench -run '^$' -bench Diff -benchtime "${BENCHTIME:-3x}" | grep -v '^ok\|^PASS\|^goos\|^goarch\|^pkg'
    echo "== $models models: a real server"
    THALWEG_BENCH_PROJECT=$dir THALWEG_BENCH_MODELS=$models go test ./internal/bench -run '^$' -bench Server -benchtime 1x -timeout 30m | grep -v '^ok\|^PASS\|^goos\|^goarch\|^pkg'
done
