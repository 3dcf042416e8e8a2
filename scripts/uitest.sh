#!/bin/sh
# Checks the web UI: format, types, unit tests, weight, and journeys in a real browser against the real server, on
# SQLite and on PostgreSQL. Arguments go to Playwright, e.g. scripts/uitest.sh e2e/shell.spec.ts.
set -eu
cd "$(dirname "$0")/.."

scripts/ui.sh
go build -o bin/thalweg ./cmd/thalweg
cd web
npx biome check --error-on-warnings .
npx tsc --noEmit
npx knip
npx vitest run
node sizes.mjs
npx playwright test "$@"
[ "${SKIP_POSTGRES:-}" = 1 ] || STORE=postgres npx playwright test "$@"
