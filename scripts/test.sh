#!/bin/sh
# The whole check: tools, format, vet, build, tests. `make test` and .ci/run come here.
# Arguments go to all `go test` passes, e.g. scripts/test.sh -run Import.
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

step ui
scripts/ui.sh

step vet
go vet ./...

step build
go build ./...

# modernc.org/sqlite is many times slower under the race detector. Packages whose test binaries do not hold it always
# run with it. Of the others, those that start goroutines of their own run twice: in short form with it, in full without.
# The rest (requests from outside, whole processes) runs without. Every package is in one of these lists.
concurrent="access app editing importing jobs readmodel retention revision store store/postgres store/sqlite"
tested=$(mktemp)
trap 'rm -f "$tested"' EXIT
go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
	awk -v concurrent="$concurrent" '
	BEGIN { n = split(concurrent, names, " "); for (i = 1; i <= n; i++) short[names[i]] = 1 }
	$1 ~ /\.test$/ {
		package = $1; sub(/\.test$/, "", package)
		if (!index($0 " ", " modernc.org/sqlite ")) { print "race", package; next }
		name = package; sub(/.*\/internal\//, "", name)
		if (name in short) print "race-short", package
		print "plain", package
	}' >"$tested"

# pass KIND FLAGS…: runs the tests of the packages of that kind.
pass() {
	kind=$1
	shift
	packages=$(awk -v kind="$kind" '$1 == kind {print $2}' "$tested")
	[ -n "$packages" ] || return 0
	step "test, $kind: $(echo "$packages" | wc -l) packages"
	# Word splitting is wanted: one argument per package.
	# shellcheck disable=SC2086
	go test -timeout 15m "$@" $packages
}

# Built before the tests, whose time is limited. What cannot be had here is skipped by the tests that want it.
step tools
for tool in actionlint helm nfpm check-jsonschema hadolint kubernetes-validate shellcheck; do
	scripts/tool.sh "$tool" >/dev/null || [ $? = 3 ]
done

step ui tests
scripts/uitest.sh

pass race -race "$@"
pass race-short -race -short "$@"
pass plain "$@"

# With arguments, which are those of go test, only what they choose is run.
if [ $# = 0 ]; then
	step python
	scripts/sdk.sh
fi

step ok
