#!/bin/sh
# Unpacks Debian packages into a folder without installing them, and prints the folder: programs that the tests run and
# that must not become services of this machine. Usage: scripts/debian.sh [--alone] PACKAGE…;
# --alone leaves out what they depend on.
# It is kept in THALWEG_DEBIAN (default: a folder of the user's cache). Exits 3 where they cannot be had.
set -eu

alone=
if [ "${1:-}" = --alone ]; then
	alone=1
	shift
fi

# wanted PACKAGE…: the packages and what they need that is not installed.
wanted() {
	if [ -n "$alone" ]; then
		apt-cache show "$@" >/dev/null || return 1
		echo "$@"
		return
	fi
	plan=$(apt-get install --simulate --no-install-recommends "$@") || return 1
	{ printf '%s\n' "$@"; echo "$plan" | awk '$1 == "Inst" { print $2 }'; } | sort -u
}

[ $# -gt 0 ] || { echo "debian: name a package" >&2; exit 2; }
dir=${THALWEG_DEBIAN:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/debian}/$(echo "$*" | tr ' ' '+')

if [ ! -f "$dir/ready" ]; then
	command -v apt-get >/dev/null || { echo "debian: this is not Debian" >&2; exit 3; }
	made=$dir.$$ # moved once it is complete: two runs may make it at the same time
	trap 'rm -rf "$made"' EXIT
	mkdir -p "$made/archives"
	cd "$made/archives"
	if ! names=$(wanted "$@" 2>/dev/null) && [ "$(id -u)" = 0 ]; then
		apt-get update -qq >&2
	fi
	# Word splitting is wanted: one argument a package.
	# shellcheck disable=SC2046,SC2086
	apt-get download -qq ${names:-$(wanted "$@")} >&2 || { echo "debian: the archive does not give $*" >&2; exit 3; }
	for archive in *.deb; do dpkg-deb -x "$archive" "$made"; done
	cd /
	rm -rf "$made/archives"
	touch "$made/ready"
	[ -f "$dir/ready" ] || { rm -rf "$dir"; mv "$made" "$dir"; }
fi
echo "$dir"
