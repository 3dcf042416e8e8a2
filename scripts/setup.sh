#!/bin/sh
# Makes sure that the tools the tests need are there. Run as often as you like.
# As root on Debian it installs what is missing; otherwise it lists it and exits 1.
set -eu

# need PACKAGE CHECK…: remembers PACKAGE when the check fails.
missing=
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() { command -v "$1"; }

# Debian keeps initdb outside PATH, one folder a major version.
has_initdb() {
	for dir in /usr/lib/postgresql/*/bin; do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && return 0
	done
	has initdb
}

# The race detector links with C.
has_libc_headers() { printf '#include <stdlib.h>\n' | cc -E -; }

has_venv() { python3 -c "import ensurepip, venv"; }

if [ "${SKIP_POSTGRES:-}" != 1 ]; then
	need postgresql has_initdb
fi
need make has make
need git has git
need curl has curl
need gcc has cc
need libc6-dev has_libc_headers
need python3 has python3
need python3-venv has_venv

# Pictures of pages are compared in it.
need fonts-dejavu-core test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
need chromium-headless-shell test -x "${CHROMIUM:-/usr/bin/chromium-headless-shell}"

if ! has npm >/dev/null; then
	echo "setup: Node 20.19 or newer with npm is missing: https://nodejs.org/" >&2
	exit 1
fi

if ! has go >/dev/null; then
	echo "setup: Go is missing; go.mod names the version: https://go.dev/dl/" >&2
	exit 1
fi

# Tests of buckets run against an in-process server too, so they can do without it.
if ! has versitygw >/dev/null && [ ! -x "$(go env GOPATH)/bin/versitygw" ]; then
	echo "setup: optional, a real S3 server for the tests: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0"
fi

[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! has apt-get >/dev/null; then
	echo "setup: missing:$missing" >&2
	echo "setup: on Debian: sudo apt-get install -y$missing" >&2
	exit 1
fi

echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Word splitting is wanted: one argument a package.
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing
