#!/bin/sh
# golangci-lint with .golangci.yml. Installs the pinned version into bin/ once if none is at hand.
set -eu
cd "$(dirname "$0")/.."

version=v2.15.0
lint=$(command -v golangci-lint || echo bin/golangci-lint)
if [ ! -x "$lint" ]; then
	echo "lint: installing golangci-lint $version into bin/ (some minutes, once)"
	GOBIN="$PWD/bin" go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
fi
exec "$lint" run "$@"
