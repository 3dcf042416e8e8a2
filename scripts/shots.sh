#!/bin/sh
# Takes a picture of every page of the UI, light and dark, 1280 and 390 wide, into web/shots.
set -eu
cd "$(dirname "$0")/.."

scripts/ui.sh
go build -o bin/thalweg ./cmd/thalweg
cd web
rm -rf shots
npx playwright test --config playwright.shots.config.ts
echo "shots: $(find shots -name '*.png' | wc -l) pictures in web/shots"
