#!/bin/sh
# The long form of the fault tests: every kill point of an import, every case on both stores. Takes minutes.
# Arguments go to `go test`, e.g. scripts/faults.sh -run KillSweep/sqlite. docs/faults.md lists the cases.
set -eu
cd "$(dirname "$0")/.."

scripts/setup.sh
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
THALWEG_FAULTS=full exec go test ./internal/faults -count=1 -v -timeout 60m "$@"
