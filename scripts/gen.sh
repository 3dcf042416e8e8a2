#!/bin/sh
# Writes every generated file again. CI runs it and expects no difference.
set -eu
cd "$(dirname "$0")/.."
exec go generate ./...
