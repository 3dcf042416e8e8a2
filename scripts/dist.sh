#!/bin/sh
# Makes in dist/ what a release publishes, for every platform: archives, deb, rpm, wheels, bill of materials, checksums.
# What it makes is a snapshot, named after the next version and this commit. Needs Go, Node and Python.
set -eu
cd "$(dirname "$0")/.."

goreleaser=$(scripts/tool.sh goreleaser)
"$goreleaser" check
"$goreleaser" release --snapshot --clean
(cd dist && sha256sum --check --quiet --ignore-missing SHA256SUMS)
ls -l dist/*.tar.gz dist/*.zip dist/*.deb dist/*.rpm dist/wheels/*.whl dist/*.cdx.json dist/SHA256SUMS
