#!/bin/sh
# Installs Azurite, a local server of Azure Blob Storage, and prints the path of its program. It is kept in
# THALWEG_AZURITE (default: a folder of the user's cache). Exits 3 where Node is missing or the package registry cannot
# be reached.
set -eu

version=3.35.0
dir=${THALWEG_AZURITE:-${XDG_CACHE_HOME:-$HOME/.cache}/thalweg/azurite}-$version

if [ ! -f "$dir/ready" ]; then
	command -v npm >/dev/null || { echo "azurite: Node with npm is missing" >&2; exit 3; }
	mkdir -p "$(dirname "$dir")"
	made=$dir.$$ # moved once it is complete: two runs may make it at the same time
	trap 'rm -rf "$made"' EXIT
	mkdir "$made"
	npm install --prefix "$made" --no-audit --no-fund --loglevel=error --fetch-retries=1 "azurite@$version" >&2 ||
		{ echo "azurite: the package registry does not give azurite" >&2; exit 3; }
	touch "$made/ready"
	[ -f "$dir/ready" ] || { rm -rf "$dir"; mv "$made" "$dir"; }
fi
echo "$dir/node_modules/.bin/azurite-blob"
