#!/bin/sh
# Builds the web UI into web/dist, which the binary embeds. It does nothing if what it is made of has not changed.
set -eu
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
	echo "ui: Node 20.19 or newer is needed and there is no npm: https://nodejs.org/" >&2
	exit 1
fi
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
	echo "ui: Node 20.19 or newer is needed, this is $(node --version): https://nodejs.org/" >&2
	exit 1
}

# sum FILE…: one line for the content of the files.
sum() { cat "$@" | sha256sum | cut -c1-64; }

cd web
lock=$(sum package-lock.json)
if [ "$(cat node_modules/.lock 2>/dev/null)" != "$lock" ]; then
	echo "ui: installing packages" >&2
	npm ci --no-audit --no-fund --loglevel=error
	echo "$lock" >node_modules/.lock
fi

source=$(sum package-lock.json index.html vite.config.ts ../docs/openapi.json $(find src public -type f ! -path src/api/schema.d.ts | sort))
if [ "$(cat dist/.source 2>/dev/null)" = "$source" ]; then
	exit 0
fi
echo "ui: building" >&2
npm run --silent api
find dist -mindepth 1 ! -name .gitignore -delete
npx vite build --logLevel warn
echo "$source" >dist/.source
