#!/bin/sh
# The whole check: tools, format, vet, build, tests. `make test` and .ci/run come here.
# Arguments go to both `go test` passes, e.g. scripts/test.sh -run Import.
set -eu
cd "$(dirname "$0")/.."

step() { printf '== %s\n' "$*"; }

step setup
scripts/setup.sh

# The version stamp needs a git state that a checkout owned by another user does not give.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"

step format
unformatted=$(find . \( -name node_modules -o -name .git -o -name testdata \) -prune -o -name '*.go' -print | xargs -r gofmt -l)
if [ -n "$unformatted" ]; then
	printf 'not formatted, run gofmt -w on:\n%s\n' "$unformatted" >&2
	exit 1
fi

step vet
go vet ./...

step build
go build ./...

# modernc.org/sqlite is about 30 times slower under the race detector, so the packages whose
# test binaries hold it run without. Both lists are computed: no package can be forgotten.
tested=$(mktemp)
trap 'rm -f "$tested"' EXIT
go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
	awk '$1 ~ /\.test$/ {
		package = $1; sub(/\.test$/, "", package)
		print (index($0 " ", " modernc.org/sqlite ") ? "plain" : "race"), package
	}' >"$tested"

# pass KIND FLAGS…: runs the tests of the packages of that kind.
pass() {
	kind=$1
	shift
	packages=$(awk -v kind="$kind" '$1 == kind {print $2}' "$tested")
	[ -n "$packages" ] || return 0
	step "test, $kind: $(echo "$packages" | wc -l) packages"
	# Word splitting is wanted: one argument a package.
	# shellcheck disable=SC2086
	go test -timeout 10m "$@" $packages
}

pass race -race "$@"
pass plain "$@"

# Where goroutines share state above SQLite it is affordable.
concurrent="jobs retention"
step "test, race with SQLite: $concurrent"
# shellcheck disable=SC2046
go test -race -timeout 10m $(printf './internal/%s ' $concurrent)

step ok
