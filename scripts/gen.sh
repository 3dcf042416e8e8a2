#!/bin/sh
# Writes every generated file again. With --check it fails if that changes a file: CI runs it so.
set -eu
cd "$(dirname "$0")/.."
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"

state() { git -c safe.directory='*' diff -- docs internal; git -c safe.directory='*' ls-files --others --exclude-standard -- docs internal; }

[ "${1:-}" = --check ] || exec go generate ./...
before=$(state)
go generate ./...
if [ "$before" != "$(state)" ]; then
	echo "gen: generated files were out of date; commit what make gen wrote:" >&2
	git -c safe.directory='*' status --short -- docs internal >&2
	exit 1
fi
