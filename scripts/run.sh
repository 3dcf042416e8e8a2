#!/bin/sh
# Builds thalweg and serves the embedded demo project. Arguments go to `thalweg demo`, e.g. --data DIR.
set -eu
cd "$(dirname "$0")/.."

# A checkout owned by another user has no readable git state; build without its stamp then.
stamp=auto
git status >/dev/null 2>&1 || stamp=false

go build -buildvcs="$stamp" -o bin/thalweg ./cmd/thalweg
exec bin/thalweg demo "$@"
