#!/bin/sh
# Runs every fuzz target for FUZZTIME (default 30s), one after the other; stops at the first finding.
# An argument limits it to targets whose name matches, e.g. scripts/fuzz.sh Manifest.
set -eu
cd "$(dirname "$0")/.."

time=${FUZZTIME:-30s}
match=${1:-.}

grep -rEl --include='*_test.go' '^func Fuzz[A-Z]' cmd internal 2>/dev/null | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | grep -E -- "$match" | while read -r target; do
		printf '== %s %s\n' "$(dirname "$file")" "$target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$(dirname "$file")" </dev/null
	done
done
