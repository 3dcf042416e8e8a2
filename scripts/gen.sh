#!/bin/sh
# Writes every generated file again. With --check it fails if that changes a file: CI runs it so.
set -eu
cd "$(dirname "$0")/.."
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"

state() { git -c safe.directory='*' diff -- docs internal sdk deploy; git -c safe.directory='*' ls-files --others --exclude-standard -- docs internal sdk deploy; }

# The Python SDK is made from the OpenAPI document, so it comes last.
generate() {
	go generate ./...
	python3 scripts/gen_sdk.py
}

if [ "${1:-}" != --check ]; then
	generate
	exit
fi
before=$(state)
generate
if [ "$before" != "$(state)" ]; then
	echo "gen: generated files were out of date; commit what make gen wrote:" >&2
	git -c safe.directory='*' status --short -- docs internal sdk deploy >&2
	exit 1
fi
