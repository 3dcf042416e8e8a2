#!/usr/bin/env bash
# Figures of the web UI in a real browser, on a generated project. Usage: scripts/benchui.sh [MODELS] (10000 unless
# given). The project is kept in ${THALWEG_CACHE:-.cache}/bench-ui. THALWEG_BENCH_SLACK widens the targets.
set -euo pipefail
cd "$(dirname "$0")/.."
models=${1:-10000}
cache=${THALWEG_CACHE:-$PWD/.cache}/bench-ui
mkdir -p "$cache"
scripts/ui.sh
go build -o bin/thalweg ./cmd/thalweg
go build -o "$cache/gen" ./internal/bench/gen/cmd
project=$cache/$models-$(sha256sum "$cache/gen" | cut -c1-8)
if [ ! -e "$project/done" ]; then
	"$cache/gen" -models "$models" -out "$project"
	touch "$project/done"
fi
cd web
node sizes.mjs
THALWEG_BENCH_PROJECT=$project npx playwright test --config playwright.bench.config.ts
