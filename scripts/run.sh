#!/bin/sh
# Builds thalweg and serves the embedded demo project. Arguments go to `thalweg demo`, e.g. --data DIR.
set -eu
cd "$(dirname "$0")/.."

need=$(awk '$1 == "go" { print $2; exit }' go.mod)
if ! command -v go >/dev/null; then
	echo "run: Go $need or newer is needed and there is none: https://go.dev/dl/" >&2
	exit 1
fi
# Asked outside of the module: inside, an older Go would try to download the one that go.mod names.
have=$(cd / && go env GOVERSION)
older=$(printf '%s\n%s\n' "$need" "${have#go}" | sort -V | head -n 1)
if [ "$older" != "$need" ]; then
	echo "run: Go $need or newer is needed, this is ${have#go}: https://go.dev/dl/" >&2
	exit 1
fi

# Without Node the binary serves the API and a page that says what is missing.
if command -v npm >/dev/null; then
	scripts/ui.sh
else
	echo "run: no npm, so this binary will have no web UI; Node 20.19 or newer: https://nodejs.org/" >&2
fi

# A checkout owned by another user has no readable git state; build without its stamp then.
stamp=auto
git status >/dev/null 2>&1 || stamp=false

# progress shows the packages as they are compiled: one changing line on a terminal, plain lines elsewhere. Everything
# else, such as an error, is passed on.
progress() {
	terminal=0
	[ -t 2 ] && terminal=1
	awk -v terminal="$terminal" '
		/^[a-z0-9._\/-]+$/ {
			n++
			if (terminal) printf "\r\033[K%d packages: %s", n, $0
			else if (n % 50 == 0) printf "%d packages\n", n
			fflush()
			next
		}
		{ if (terminal && n) printf "\n"; n = 0; print; fflush() }
		END { if (terminal && n) printf "\r\033[K" }' >&2
}

echo "Compiling thalweg. The first time takes a minute or two, later only what has changed." >&2
failed=$( { { go build -v -buildvcs="$stamp" -o bin/thalweg ./cmd/thalweg 2>&1 && echo 0 >&3 || echo 1 >&3; } | progress; } 3>&1 )
[ "$failed" = 0 ] || exit 1
exec bin/thalweg demo "$@"
