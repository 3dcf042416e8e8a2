#!/usr/bin/env bash
# The Python SDK: format, types and tests against the real program, in a virtual environment of its own.
#
#   scripts/sdk.sh [PYTEST ARGUMENTS…]
#   scripts/sdk.sh lock     writes sdk/python/requirements-dev.txt again
#   scripts/sdk.sh all      the tests on every Python at hand, from 3.9 on
#   scripts/sdk.sh dbt      the wrapper around real dbt 1.7, 1.12 and 2 (minutes, the first time)
#   scripts/sdk.sh recipes  the recipes of examples/orchestrators with their orchestrators (minutes, the first time)
#
# The environment stays in THALWEG_CACHE (default .cache/) for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=$(realpath -m "${THALWEG_CACHE:-.cache}")
python=${PYTHON:-python3}
mkdir -p "$cache"
[ -e "$cache/.gitignore" ] || echo '*' >"$cache/.gitignore"
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# venv FOLDER PYTHON MARK: makes an environment unless one for this mark is there; reports whether it is new.
venv() {
	[ "$(cat "$1/ready" 2>/dev/null)" = "$3" ] && return 1
	"$2" -m venv --clear "$1"
}

program() {
	if [ -z "${THALWEG_BINARY:-}" ]; then
		go build -o "$cache/sdk-thalweg" ./cmd/thalweg
		export THALWEG_BINARY=$cache/sdk-thalweg
	fi
}

pinned() {
	env=$cache/sdk-venv
	local mark
	mark=$(cat sdk/python/requirements-dev.txt sdk/python/pyproject.toml | sha256sum)
	if venv "$env" "$python" "$mark $PWD"; then
		"$env/bin/pip" install --quiet --require-hashes -r sdk/python/requirements-dev.txt
		"$env/bin/pip" install --quiet --no-deps --no-build-isolation -e sdk/python
		echo "$mark $PWD" >"$env/ready"
	fi
}

check() {
	pinned
	program
	cd sdk/python
	"$env/bin/ruff" format --check .
	"$env/bin/ruff" check .
	# The package that carries the binary, and what writes its wheels, are held to the same rules.
	"$env/bin/ruff" format --check --config pyproject.toml ../server ../../scripts/wheel.py
	"$env/bin/ruff" check --config pyproject.toml ../server ../../scripts/wheel.py
	"$env/bin/mypy"
	"$env/bin/mypy" --strict ../server/src ../../scripts/wheel.py
	"$env/bin/python" -m pytest -p no:cacheprovider -o faulthandler_exit_on_timeout=true "$@"
}

lock() {
	local env=$cache/sdk-lock
	"$python" -m venv --clear "$env"
	"$env/bin/pip" install --quiet pip-tools
	cd sdk/python
	CUSTOM_COMPILE_COMMAND="scripts/sdk.sh lock" "$env/bin/pip-compile" --quiet --upgrade --generate-hashes \
		--allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements-dev.txt requirements-dev.in
}

# The pins are for one Python; others get what is newest for them.
all() {
	program
	for version in 3.9 3.10 3.11 3.12 3.13 3.14; do
		if ! "python$version" -c '' 2>/dev/null; then
			echo "sdk: no Python $version at hand"
			continue
		fi
		env=$cache/sdk-$version
		if venv "$env" "python$version" httpx; then
			"$env/bin/pip" install --quiet httpx pytest hatchling editables
			"$env/bin/pip" install --quiet --no-deps --no-build-isolation -e sdk/python
			echo httpx >"$env/ready"
		fi
		echo "== Python $version"
		(cd sdk/python && "$env/bin/python" -m pytest -p no:cacheprovider)
	done
}

# Real dbt, as the fixtures are made with it. The package goes into the environments of dbt 1 too, for dbtRunner.
dbt() {
	pinned
	program
	(
		. scripts/dbt-venv.sh
		venv_of 1.7.19
		venv_of 1.12.6
		two_venv
	)
	local programs=$cache/dbt-2.0.0a4/bin/dbt
	for version in 1.7.19 1.12.6; do
		"$cache/dbt-$version/bin/pip" install --quiet httpx hatchling editables
		"$cache/dbt-$version/bin/pip" install --quiet --no-deps --no-build-isolation -e sdk/python
		programs=$programs:$cache/dbt-$version/bin/dbt
	done
	cd sdk/python
	ADBC_DRIVER_PATH=$cache/dbt-2.0.0a4/driver THALWEG_TEST_DBT=$programs \
		"$env/bin/python" -m pytest -p no:cacheprovider tests/test_real_dbt.py "$@"
}

# recipe NAME PACKAGE…: the tests of a recipe, in an environment of its own: the orchestrators do not fit into one.
recipe() {
	local env=$cache/sdk-$1
	if venv "$env" "$python" "${*:2}"; then
		"$env/bin/pip" install --quiet "${@:2}" httpx pytest hatchling editables
		"$env/bin/pip" install --quiet --no-deps --no-build-isolation -e sdk/python
		echo "${*:2}" >"$env/ready"
	fi
	(cd sdk/python && "$env/bin/python" -m pytest -p no:cacheprovider -rs tests/test_recipes.py -k "$1")
}

recipes() {
	program
	recipe dagster dagster dagster-dbt python-dateutil
	recipe airflow apache-airflow
}

case ${1:-} in
lock | all | dbt | recipes) "$@" ;;
*) check "$@" ;;
esac
