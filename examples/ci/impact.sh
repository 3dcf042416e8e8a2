#!/usr/bin/env bash
# What a change of a dbt project breaks, compared with what a Thalweg server has of production.
#
#   impact.sh [TARGET]     TARGET is the folder of the change's manifest.json (default: target)
#
# THALWEG_SERVER, THALWEG_SCHEMA (SCH-101, or SCH-101@version) and THALWEG_KEY (read:catalog, read:dbt_imports and
# read:artifacts) say where production is. FAIL_ON is never, breaking (default), warning or any. Writes impact.md, for a
# comment, and impact.sarif; ends with 1 if FAIL_ON says so, and with another code if there is no answer.
set -euo pipefail
target=${1:-target}
thalweg=${THALWEG:-thalweg}
marker='<!-- thalweg impact -->'

"$thalweg" diff "$THALWEG_SCHEMA" "$target" --server "$THALWEG_SERVER" --format sarif >impact.sarif
{
	echo "$marker"
	echo "## What this change reaches"
	echo
} >impact.md
"$thalweg" diff "$THALWEG_SCHEMA" "$target" --server "$THALWEG_SERVER" --format markdown \
	--fail-on "${FAIL_ON:-breaking}" >>impact.md
